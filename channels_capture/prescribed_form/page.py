"""``/c/<slug>/form/``: the form that a law prescribes, to fill in. Signed by the message that follows it."""

from dataclasses import dataclass, field
from typing import Any

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from channels_capture import placements
from channels_capture.website import context, form, tokens
from channels_capture.website.views import closed
from optins import visitors
from optins.consent import ages, evidence, prescribed_forms, requests, texts, wording
from optins.consent.prescribed_forms import Sheet
from optins.models import CaptureChannel, NoticeTranslation, Purpose


@dataclass(frozen=True, slots=True)
class Filled:
    """What was written and ticked; ``errors`` by field, in the form's language."""

    name: str = ""
    purposes: tuple[Purpose, ...] = ()
    errors: dict[str, str] = field(default_factory=dict)


@csp_update({"style-src": [SELF, NONCE]})  # type: ignore[arg-type]
def page(request: HttpRequest, channel: CaptureChannel) -> HttpResponse:
    """Shows the form, or takes it and shows what to send. 404 where no law prescribes one."""
    form_id = prescribed_forms.id_for(channel)
    if not form_id:
        raise Http404
    if request.method == "POST" and not visitors.is_our_own(request):
        return HttpResponseForbidden("This page can only be sent from where it was opened.\n")
    try:
        take = _take if request.method == "POST" else _show
        response = take(request, channel, form_id)
    except wording.NoWording:
        response = closed(request, channel)
    add_never_cache_headers(response)
    return response


def wording_in(channel: CaptureChannel, form_id: str, wanted: list[str]) -> NoticeTranslation:
    """The published wording in the first wanted language that the form has. Raises NoWording."""
    available = {row.language: row for row in wording.published(channel.notice)}
    for code in (*wanted, *channel.organisation.languages, *prescribed_forms.languages(form_id)):
        if code in available and code in prescribed_forms.languages(form_id):
            return available[code]
    return wording.translation(channel.notice, "")


def _show(
    request: HttpRequest,
    channel: CaptureChannel,
    form_id: str,
    filled: Filled | None = None,
    problem: str = "",
) -> HttpResponse:
    wanted = [request.GET.get("lang", ""), *context.accepted_languages(request)]
    shown = wording_in(channel, form_id, wanted)
    code = request.GET.get("p", "")[:16].upper()
    values = _values(request, channel, prescribed_forms.sheet(channel, form_id, shown), filled or Filled())
    values |= {
        "token": tokens.make(channel, shown, code, timezone.now()),
        "problem": texts.text(problem, shown.language) if problem else "",
    }
    return render(
        request, "capture/prescribed_form/page.html", values, status=422 if filled or problem else 200
    )


def _values(request: HttpRequest, channel: CaptureChannel, sheet: Sheet, filled: Filled) -> dict[str, Any]:
    language, chosen = sheet.shown.language, {purpose.key for purpose in filled.purposes}
    return {
        **context.common(channel, language),
        "sheet": sheet,
        "f": sheet.texts,
        "shown": sheet.shown,
        "goods": [(p.key, sheet.lines[p.key], p.key in chosen) for p in sheet.purposes],
        "name": filled.name,
        "errors": filled.errors,
        "languages": [
            row
            for row in context.languages(request, channel, language)
            if row["code"] in prescribed_forms.languages(sheet.id)
        ],
    }


def _take(request: HttpRequest, channel: CaptureChannel, form_id: str) -> HttpResponse:
    try:
        rendered = tokens.read(request.POST.get("token", ""), channel, timezone.now())
    except tokens.TokenError as error:
        return _show(request, channel, form_id, Filled(), error.text)
    sheet = prescribed_forms.sheet(channel, form_id, rendered.translation)
    filled = _read(request, sheet)
    if filled.errors:
        return _show(request, channel, form_id, filled)
    if request.POST.get("website"):
        # Only a program fills in what nobody sees; it learns nothing from the answer.
        return _show(request, channel, form_id, filled, "error_form_token")
    opened = requests.open_request(
        channel,
        rendered.translation,
        list(filled.purposes),
        now=timezone.now(),
        placement=placements.of(channel, rendered.placement_code),
        page=sheet.digest,
        own_age=ages.to_say(channel.organisation, filled.purposes),
        filled_in=sheet.filled_in(filled.name, filled.purposes),
        address=evidence.address_to_keep(channel.organisation, visitors.address_of(request)),
    )
    choice = form.Choice(purposes=filled.purposes)
    return render(request, "capture/website/answer.html", context.answer(channel, opened, choice))


def _read(request: HttpRequest, sheet: Sheet) -> Filled:
    wanted = set(request.POST.getlist("purposes"))
    purposes = tuple(purpose for purpose in sheet.purposes if purpose.key in wanted)
    name = prescribed_forms.name_in(request.POST.get("name", ""))
    errors = {} if name else {"name": sheet.texts["error_name"]}
    if not purposes:
        errors["purposes"] = texts.text("error_nothing_chosen", sheet.shown.language)
    return Filled(name, purposes, errors)
