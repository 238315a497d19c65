"""A screen left to people: they choose by themselves, and nobody sees what the one before them did.

Starting one signs the member of staff out on that device. Its address is signed and good for a day.
"""

from typing import Any

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from channels_capture import placements, registry
from channels_capture.desk import capturing, staff, tokens
from channels_capture.desk.form import Filled, noted_of
from channels_capture.website import context
from channels_capture.website import form as website
from optins import roles, visitors
from optins.consent import texts, wording
from optins.models import CaptureChannel, NoticeTranslation, User
from optins.pages import look

CLEARS_AFTER = 180  # seconds, while somebody reads and chooses
CODE_CLEARS_AFTER = 90


@require_POST
@staff.for_agents
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand this device over: signs out, and goes to the kiosk's own address."""
    channel = staff.channel(request.user, slug)
    if not staff.desk_of(channel).has_kiosk:
        raise Http404
    source = placements.of(channel, request.POST.get("source", ""))
    token = tokens.kiosk(channel, source.code if source else "", request.user.pk or 0)
    logout(request)
    return HttpResponseRedirect(reverse("desk_kiosk", args=[token]))


@csrf_exempt  # it has no cookie to protect: origin and token are checked
@require_http_methods(["GET", "HEAD", "POST"])
@csp_update({"style-src": [SELF, NONCE]})  # type: ignore[arg-type]
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The wording and the boxes; then the code as a QR code alone."""
    if request.method == "POST" and not visitors.is_our_own(request):
        return HttpResponseForbidden("This page can only be sent from where it was opened.\n")
    kiosk = tokens.read_kiosk(token)
    channel = _channel(kiosk) if kiosk else None
    try:
        response = _page(request, kiosk, channel) if kiosk and channel else _over(request)
    except wording.NoWording:
        response = _over(request)
    add_never_cache_headers(response)
    return response


def _channel(kiosk: tokens.Kiosk) -> CaptureChannel | None:
    """The kiosk's channel, while whoever set it up may still capture there."""
    rows = CaptureChannel.objects.select_related("organisation", "sender", "notice__organisation")
    channel = rows.filter(public_id=kiosk.channel, is_active=True, organisation__closed_at=None).first()
    user = User.objects.filter(pk=kiosk.user).first()
    kind = registry.kind_of(channel) if channel else None
    has_kiosk = kind and kind.desk and kind.desk.has_kiosk
    may = channel and user and roles.may(user, "capture", channel.organisation)
    return channel if has_kiosk and may else None


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/over.html", status=404)


def _page(request: HttpRequest, kiosk: tokens.Kiosk, channel: CaptureChannel) -> HttpResponse:
    shown = wording.translation(channel.notice, request.GET.get("lang", ""))
    if request.method != "POST":
        return _show(request, channel, shown)
    choice = website.read(_without_number(request), channel)
    errors = {name: key for name, key in choice.errors.items() if name == "purposes"}
    try:
        rendered = tokens.read(request.POST.get("token", ""), channel)
    except tokens.TokenError:
        return _show(request, channel, shown, website.Choice(), "error_form_old")
    if errors:
        return _show(request, channel, shown, website.Choice(errors=errors))
    placement = placements.of(channel, kiosk.placement)
    filled = Filled(purposes=choice.purposes, placement=placement)
    place = noted_of("", placement, staff.desk_of(channel))
    noted = {"kiosk": True} | ({"place": place} if place else {})
    try:
        done = capturing.capture(channel, rendered, filled, noted, kiosk.user, timezone.now())
    except capturing.CapturedBefore:
        return HttpResponseRedirect(request.get_full_path())
    values = look.answer(done.opened, choice.purposes)
    return render(request, "desk/kiosk_answer.html", values | _clearing(request, shown, CODE_CLEARS_AFTER))


def _without_number(request: HttpRequest) -> Any:
    """A kiosk asks for no number, whatever is posted."""
    posted = request.POST.copy()
    posted.pop("phone", None)
    return posted


def _show(
    request: HttpRequest,
    channel: CaptureChannel,
    shown: NoticeTranslation,
    choice: website.Choice | None = None,
    problem: str = "",
) -> HttpResponse:
    token = tokens.make(channel, shown)
    values = context.page(request, channel, shown, token, choice or website.Choice(), problem)
    values |= _clearing(request, shown, CLEARS_AFTER)
    return render(request, "desk/kiosk.html", values, status=422 if choice or problem else 200)


def _clearing(request: HttpRequest, shown: NoticeTranslation, seconds: int) -> dict[str, Any]:
    """When the page goes, and to where: the beginning, in the organisation's own language."""
    return {
        "is_kiosk": True,  # no links that lead away
        "seconds": seconds,
        "beginning": request.path,
        "clears": texts.text("kiosk_clears", shown.language, seconds=seconds),
    }
