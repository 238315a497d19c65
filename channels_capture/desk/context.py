"""What the desk's templates are given: plain values, ready to show."""

from typing import Any

from django.http import HttpRequest

from channels_capture import placements
from channels_capture.base import Desk
from channels_capture.desk.capturing import Captured
from channels_capture.desk.form import Filled
from channels_capture.website import context as website
from channels_capture.website.form import AskNumber, Choice
from optins.consent import numbers, requests, texts
from optins.models import CaptureChannel, NoticeTranslation
from optins.pages import look


def page(
    request: HttpRequest,
    channel: CaptureChannel,
    kind: Desk,
    shown: NoticeTranslation,
    token: str,
    filled: Filled,
    problem: str,
) -> dict[str, Any]:
    """The script to read out, a box for each purpose, and what staff note; and the errors of the last try."""
    choice = Choice(filled.purposes, filled.number, filled.typed, filled.country)
    script = website.page(request, channel, shown, token, choice, "")
    return {
        **script,
        "kind": kind,
        "errors": {} if problem else filled.errors,
        "problem": problem,
        "noted": filled.noted,
        "countries": website.countries(channel, texts.DEFAULT, filled.country),
        "number_is_optional": channel.ask_number != AskNumber.REQUIRED,
        "sources": channel.placements.order_by("label", "pk"),
        "source": filled.placement or placements.of(channel, request.GET.get("p", "")),
        "script_direction": texts.direction(shown.language),
    }


def answer(channel: CaptureChannel, captured: Captured, filled: Filled) -> dict[str, Any]:
    """What to hand over: the words to send, the number to send them to, and the QR code."""
    opened = captured.opened
    language = opened.request.language
    return {
        "channel": channel,
        **look.answer(opened, filled.purposes, filled.number),
        "typed": numbers.shown(filled.number),
        "spoken": f"{opened.code[:4]} {opened.code[4:]}",
        "yes": texts.text("keys_yes", language).upper(),
        "is_recorded": captured.recorded is not None,
        "days": requests.CODE_LIFE.days,
    }
