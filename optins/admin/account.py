"""One's own account: what one may do where, and the pages of the second factor."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from optins import roles
from optins.admin import second_factor
from optins.models import Membership


def urls(site: AdminSite) -> list[URLPattern]:
    def page(address: str, view: Any, name: str) -> URLPattern:
        return path(address, site.admin_view(never_cache(view)), {"site": site}, name=name)

    return [
        page("account/", account, "account"),
        page("account/recovery-codes/", recovery_codes, "recovery_codes"),
        page("second-factor/", ask, "second_factor"),
        page("second-factor/set-up/", set_up, "second_factor_set_up"),
    ]


def account(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Who one is here, in which organisations, and how one signs in."""
    user: Any = request.user
    own = Membership.objects.visible_to(user).filter(user=user)
    return _page(
        request,
        site,
        "account",
        title="Your account",
        memberships=own.select_related("organisation").order_by("organisation__name"),
        is_set_up=second_factor.is_set_up(request.user),
        codes_left=second_factor.codes_left(request.user),
        required=settings.SECOND_FACTOR,
        may_capture=roles.may_somewhere(request.user, "capture"),
    )


def ask(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """After the password: the token."""
    if second_factor.is_verified(request):
        return HttpResponseRedirect(_next(request))
    if not second_factor.is_set_up(request.user):
        return HttpResponseRedirect(reverse("admin:second_factor_set_up"))
    check = partial(second_factor.verify, request.user)
    form = second_factor.TokenForm(request.POST or None, check=check)
    if request.method == "POST" and form.is_valid() and form.device:
        second_factor.finish_sign_in(request, form.device)
        return HttpResponseRedirect(_next(request))
    return _page(request, site, "second_factor/ask", title="One more step", form=form)


def set_up(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The QR code and the secret; a first token confirms that the app has it."""
    if second_factor.is_set_up(request.user) and not second_factor.is_verified(request):
        # Whoever has only the password must not put their own authenticator in place.
        return HttpResponseRedirect(reverse("admin:second_factor"))
    device = second_factor.pending(request)
    form = second_factor.TokenForm(request.POST or None, check=partial(second_factor.confirm, device))
    if request.method == "POST" and form.is_valid() and form.device:
        second_factor.finish_sign_in(request, form.device)
        return _codes(request, site, _next(request))
    return _page(
        request,
        site,
        "second_factor/set_up",
        title="Set up the second factor",
        form=form,
        image=second_factor.qr_image(device),
        secret=second_factor.secret_text(device),
    )


@require_POST
def recovery_codes(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """New recovery codes, shown once."""
    if not second_factor.is_verified(request):
        messages.error(request, "Sign in with your second factor first.")
        return HttpResponseRedirect(reverse("admin:account"))
    return _codes(request, site, reverse("admin:account"))


def _codes(request: HttpRequest, site: AdminSite, following: str) -> HttpResponse:
    codes = second_factor.new_codes(request.user)
    return _page(request, site, "second_factor/codes", title="Recovery codes", codes=codes, next=following)


def _next(request: HttpRequest) -> str:
    """Where they wanted to go, if that is one of our own addresses."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure()):
        return wanted
    return reverse("admin:index")


def _page(request: HttpRequest, site: AdminSite, name: str, **values: Any) -> HttpResponse:
    context = site.each_context(request) | {"next": _next(request)} | values
    if settings.SECOND_FACTOR and not second_factor.is_verified(request):
        context["has_permission"] = False  # no navigation yet: it would only lead back here
    return TemplateResponse(request, f"admin/{name}.html", context)
