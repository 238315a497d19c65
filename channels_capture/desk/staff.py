"""Who may be at the desk: staff who may capture, signed in as in the admin; and their channels."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from channels_capture import registry
from channels_capture.base import Desk
from optins import roles
from optins.admin import gatekeeper, second_factor
from optins.models import CaptureChannel

View = Callable[..., HttpResponse]


def for_agents(view: View) -> View:
    """Lets in who may capture somewhere. Others sign in first; a program is told so with 401."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = _sign_in(request) or view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return guarded


def _sign_in(request: HttpRequest) -> HttpResponse | None:
    user: Any = request.user
    is_in = user.is_authenticated and user.is_staff
    has_shown_all = is_in and (not settings.SECOND_FACTOR or second_factor.is_verified(request))
    if not has_shown_all and request.headers.get("Accept") == "application/json":
        return JsonResponse({"problem": "Sign in first."}, status=401)
    if not is_in:
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if not has_shown_all:
        return gatekeeper.to_second_factor(request)
    if not roles.may_somewhere(user, "capture"):
        raise PermissionDenied
    return None


def channels(user: Any) -> QuerySet[CaptureChannel]:
    """The desk's channels in the organisations in which the user may capture."""
    kinds = [kind for kind, of_kind in registry.KINDS.items() if of_kind.desk]
    rows = CaptureChannel.objects.visible_to(user)
    rows = rows.filter(organisation__in=roles.reach(user, "capture"), kind__in=kinds, is_active=True)
    return rows.select_related("organisation", "sender", "notice__organisation")


def channel(user: Any, slug: str) -> CaptureChannel:
    """One of them; 404 for any other, as if there were none."""
    return get_object_or_404(channels(user), slug=slug)


def desk_of(channel: CaptureChannel) -> Desk:
    kind = registry.kind_of(channel)
    desk = kind.desk if kind else None
    assert desk  # noqa: S101  only such channels come here
    return desk
