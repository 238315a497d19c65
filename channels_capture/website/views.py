"""The page of a website channel. A GET writes nothing about a person; a post makes a request and its code."""

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from channels_capture import placements
from channels_capture.website import context, form, tokens
from optins import visitors
from optins.consent import ages, evidence, requests, wording
from optins.models import CaptureChannel, NoticeTranslation


@csp_update({"style-src": [SELF, NONCE]})  # type: ignore[arg-type]
def page(request: HttpRequest, channel: CaptureChannel) -> HttpResponse:
    """Shows the wording, or takes the choice and shows what to send."""
    if request.method == "POST" and not visitors.is_our_own(request):
        return HttpResponseForbidden("This page can only be sent from where it was opened.\n")
    try:
        response = _post(request, channel) if request.method == "POST" else _show(request, channel)
    except wording.NoWording:
        response = closed(request, channel)
    add_never_cache_headers(response)
    return response


def closed(request: HttpRequest, channel: CaptureChannel) -> HttpResponse:
    """What stands where a page was that collects no more. For a view that lets its one style through."""
    return render(request, "capture/website/closed.html", context.closed(channel), status=404)


def _show(
    request: HttpRequest, channel: CaptureChannel, choice: form.Choice | None = None, problem: str = ""
) -> HttpResponse:
    shown = _wording(request, channel)
    code = request.GET.get("p", "")[:16].upper()
    token = tokens.make(channel, shown, code, timezone.now())
    values = context.page(request, channel, shown, token, choice or form.Choice(), problem)
    status = 422 if choice or problem else 200
    return render(request, "capture/website/page.html", values, status=status)


def _wording(request: HttpRequest, channel: CaptureChannel) -> NoticeTranslation:
    """``?lang=``, else what the browser asks for among what is published, else the organisation's own."""
    asked = request.GET.get("lang", "")
    available = {row.language: row for row in wording.published(channel.notice)}
    for code in (asked, *context.accepted_languages(request)):
        if code in available:
            return available[code]
    return wording.translation(channel.notice, "")


def _post(request: HttpRequest, channel: CaptureChannel) -> HttpResponse:
    choice = form.read(request.POST, channel)
    try:
        rendered = tokens.read(request.POST.get("token", ""), channel, timezone.now())
    except tokens.TokenError as error:
        return _show(request, channel, choice, error.text)
    if choice.errors:
        return _show(request, channel, choice)
    if request.POST.get("website"):
        # Only a program fills in what nobody sees; it learns nothing from the answer.
        return _show(request, channel, choice, "error_form_token")
    opened = requests.open_request(
        channel,
        rendered.translation,
        list(choice.purposes),
        now=timezone.now(),
        typed_number=choice.number,
        placement=placements.of(channel, rendered.placement_code),
        page=rendered.translation.content_hash,
        own_age=ages.to_say(channel.organisation, choice.purposes),
        address=evidence.address_to_keep(channel.organisation, visitors.address_of(request)),
    )
    values = context.answer(channel, opened, choice)
    return render(request, "capture/website/answer.html", values)
