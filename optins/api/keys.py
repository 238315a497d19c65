"""Who calls: ``Authorization: Bearer <key>``, looked up by its digest, with its scopes."""

from typing import Any

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from optins.models import ApiKey


def key_of(request: HttpRequest | Request) -> ApiKey | None:
    """The living key that the request carries; None for no key, a wrong one or a revoked one.

    Looking up a digest needs no comparison in constant time: what leaks is a digest, not the key.
    """
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        return None
    keys = ApiKey.objects.filter(digest=ApiKey.digest_of(text.strip()), revoked_at=None)
    return keys.filter(organisation__closed_at=None).select_related("organisation").first()


class ApiKeyAuthentication(BaseAuthentication):
    """REST framework's view of the same."""

    def authenticate(self, request: Request) -> tuple[ApiKey, ApiKey] | None:
        key = key_of(request)
        if key is None:
            raise AuthenticationFailed("Send a valid API key: Authorization: Bearer <key>.")
        return key, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasScope(BasePermission):
    """The key has the scope that the view names."""

    def has_permission(self, request: Request, view: Any) -> bool:
        self.message = f"This key lacks the scope “{view.scope}”."
        return isinstance(request.auth, ApiKey) and view.scope in request.auth.scopes
