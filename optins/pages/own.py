"""``/m/<token>/``: the person's own page, and their receipt. A GET writes nothing."""

from datetime import datetime

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from optins import visitors
from optins.consent import evidence, links, receipts, texts, wording
from optins.consent.choices import choices_of
from optins.models import Purpose
from optins.pages import again, look, own_context, stopping
from optins.pages.colours import palette

EVERYTHING = "everything"
_OUR_COLOUR = "#155e63"


@csrf_exempt
@never_cache
@csp_update({"style-src": [SELF, NONCE]})  # type: ignore[arg-type]
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """What stands; a post stops at once, or makes the code with which to say yes again."""
    now = timezone.now()
    link = links.read(token, now)
    if link is None:
        return gone(request)
    if request.method != "POST":
        return _show(request, link, now)
    if not visitors.is_our_own(request):
        return HttpResponseForbidden("This page can only be sent from where it was opened.\n")
    form = stopping.form_id(request.POST.get("token", ""), link.contact)
    if not form:
        return _show(request, link, now, problem="error_form_token")
    if "again" in request.POST:
        return _ask_again(request, link, now)
    return _stop(request, link, form, now)


def _show(
    request: HttpRequest, link: links.Link, now: datetime, *, done: str = "", problem: str = ""
) -> HttpResponse:
    values = own_context.own(request, link, now)
    values |= {
        "token": stopping.form_token(link.contact),
        "done": done,
        "problem": texts.text(problem, values["language"]) if problem else "",
    }
    return render(request, "own/page.html", values, status=422 if problem else 200)


def _stop(request: HttpRequest, link: links.Link, form: str, now: datetime) -> HttpResponse:
    """Stop one purpose or everything. What was not on the page stops nothing."""
    wanted = request.POST.get("stop", "")
    known = Purpose.objects.filter(organisation=link.contact.organisation_id)
    purposes = tuple(purpose for purpose in known if purpose.key == wanted)
    if not purposes and wanted != EVERYTHING:
        return _show(request, link, now, problem="error_form_token")
    language = own_context.language_of(request, link.contact, choices_of(link.contact, now))
    address = evidence.address_to_keep(link.contact.organisation, visitors.address_of(request))
    stopping.stop(link.contact, purposes, form, language, now, address)
    return _show(request, link, timezone.now(), done=own_context.done(purposes, language))


def _ask_again(request: HttpRequest, link: links.Link, now: datetime) -> HttpResponse:
    """The code to send: nothing here is consent."""
    choices = choices_of(link.contact, now)
    choice = next((each for each in choices if each.purpose.key == request.POST["again"]), None)
    channel = again.channel_for(choice) if choice else None
    if choice is None or channel is None:
        return _show(request, link, now, problem="error_form_token")
    language = own_context.language_of(request, link.contact, choices)
    address = evidence.address_to_keep(link.contact.organisation, visitors.address_of(request))
    try:
        opened = again.ask(channel, choice, language, now, address)
    except wording.NoWording:
        return _show(request, link, now, problem="error_form_token")
    return render(request, "capture/website/answer.html", look.answer(opened, (choice.purpose,)))


@never_cache
@csp_update({"style-src": [SELF, NONCE]})  # type: ignore[arg-type]
@require_safe
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt, to print."""
    now = timezone.now()
    link = links.read(token, now)
    if link is None:
        return gone(request)
    return render(request, "own/receipt.html", {**own_context.own(request, link, now), "is_own": True})


@never_cache
@require_safe
def receipt_json(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt as signed JSON-LD."""
    now = timezone.now()
    link = links.read(token, now)
    if link is None:
        return JsonResponse({"error": "This link does not work."}, status=404)
    language = own_context.language_of(request, link.contact, choices_of(link.contact, now))
    signed = receipts.signed(receipts.receipt(link.contact, language, now))
    name = f"receipt-{now:%Y-%m-%d}.json"
    return JsonResponse(
        signed,
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": f'inline; filename="{name}"', "X-Robots-Tag": "noindex"},
    )


def gone(request: HttpRequest) -> HttpResponse:
    """One answer for a link that is forged, too old, or of somebody who is erased: it tells nobody which."""
    accepted = (code for code in look.accepted_languages(request) if code in texts.languages())
    language = next(accepted, texts.DEFAULT)
    values = {
        "organisation": {"name": "Sayso"},
        "brand": palette(_OUR_COLOUR),
        "language": language,
        "direction": texts.direction(language),
        "t": texts.all_texts(language),
    }
    return render(request, "own/gone.html", values, status=404)
