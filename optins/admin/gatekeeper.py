"""Between the password and the admin: the second factor, and roles that have no screens there."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from optins import roles
from optins.admin import second_factor

OPEN = {"login", "logout", "jsi18n"}
OWN_ACCOUNT = {"account", "recovery_codes", "password_change", "password_change_done", *second_factor.PAGES}


class Gatekeeper:
    """Middleware: every address of the admin passes here, also one whose view forgot to ask."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or "admin" not in match.app_names or match.url_name in OPEN:
            return None
        if not request.user.is_authenticated or not request.user.is_staff:
            return None  # the admin itself leads them to the door
        if settings.SECOND_FACTOR and not second_factor.is_verified(request):
            return None if match.url_name in second_factor.PAGES else to_second_factor(request)
        if match.url_name in OWN_ACCOUNT or roles.may_somewhere(request.user, "use_admin"):
            return None
        if match.url_name == "index":
            return HttpResponseRedirect(reverse("admin:account"))
        raise PermissionDenied


def to_second_factor(request: HttpRequest) -> HttpResponse:
    """To the page that asks for it, and from there to where they wanted."""
    page = reverse(f"admin:{second_factor.page_for(request.user)}")
    following = urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""
    return HttpResponseRedirect(f"{page}?{following}" if following else page)
