"""Reading what staff filled in: what was ticked, for which number, where, and the photo of a form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from channels_capture import placements
from channels_capture.base import Desk
from channels_capture.website import form as website
from optins.consent import asking, desk, form_files, numbers, texts
from optins.consent.form_files import FileRefused, FormFile
from optins.consent.signal import phone
from optins.models import CaptureChannel, Placement, Purpose

LONGEST_NOTE = 80
SAID_NO = "They said no before, and the law lets an organisation ask once. They can send START themselves."
OWN_NUMBER = "This is a number of staff or of the organisation: nobody is captured with it."


@dataclass(frozen=True, slots=True)
class Filled:
    """One form. ``errors``: field and sentence; ``number`` is E.164; ``noted`` the call or the place."""

    purposes: tuple[Purpose, ...] = ()
    number: str = ""
    typed: str = ""
    country: str = ""
    noted: str = ""
    placement: Placement | None = None
    file: FormFile | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def read(request: HttpRequest, channel: CaptureChannel, kind: Desk) -> Filled:
    choice = website.read(request.POST, channel)
    errors = {name: texts.text(key, texts.DEFAULT) for name, key in choice.errors.items()}
    if "purposes" in errors:
        errors["purposes"] = "Tick what they said yes to. Without a yes there is nothing to record."
    placement = placements.of(channel, request.POST.get("source", ""))
    noted = noted_of(request.POST.get("noted", ""), placement, kind)
    if not noted:
        errors["noted"] = f"Fill in: {kind.label}. By it this can be looked up later."
    if choice.number and (problem := problem_with(channel, choice.number, choice.purposes)):
        errors["phone"] = problem
    file, problem = _file(request.FILES.get("file"))
    if problem:
        errors["file"] = problem
    return Filled(
        choice.purposes, choice.number, choice.typed, choice.country, noted, placement, file, errors
    )


def noted_of(text: str, placement: Placement | None, kind: Desk) -> str:
    """What they wrote; of a place, else what is known of the source."""
    noted = " ".join(text.replace("\0", " ").split())[:LONGEST_NOTE]
    if noted or placement is None or kind.noted != "place":
        return noted
    return placement.place or placement.label


def problem_with(channel: CaptureChannel, number: str, purposes: tuple[Purpose, ...]) -> str:
    """Why nobody is captured with this number; empty where they may be."""
    organisation = channel.organisation
    if numbers.canonical(number) in desk.own_numbers(organisation):
        return OWN_NUMBER
    allowed = asking.may_ask(organisation, purposes, phone(number))
    return SAID_NO if len(allowed) < len(purposes) else ""


def _file(file: Any) -> tuple[FormFile | None, str]:
    if file is None:
        return None, ""
    try:
        return form_files.read(file.read(form_files.LARGEST + 1)), ""
    except FileRefused as error:
        return None, str(error)
