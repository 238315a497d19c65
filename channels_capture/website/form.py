"""Reading the posted page: what was chosen, and which number was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from optins.consent import numbers
from optins.models import CaptureChannel, Purpose

AskNumber = CaptureChannel.AskNumber


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose. ``errors`` maps a field to the key of the text that says what to do."""

    purposes: tuple[Purpose, ...] = ()
    number: str = ""  # E.164
    typed: str = ""  # as they wrote it
    country: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


def read(post: QueryDict, channel: CaptureChannel) -> Choice:
    """The choice in a post. Unknown purposes are ignored: nobody can tick a box that was not there."""
    wanted = set(post.getlist("purposes"))
    purposes = tuple(purpose for purpose in channel.purposes.all() if purpose.key in wanted)
    country = post.get("country", "").upper()[:2] or channel.organisation.country
    typed = post.get("phone", "").strip()[:40]
    errors = {} if purposes else {"purposes": "error_nothing_chosen"}
    number, problem = _number(typed, country, channel)
    if problem:
        errors["phone"] = problem
    return Choice(purposes, number, typed, country, errors)


def _number(typed: str, country: str, channel: CaptureChannel) -> tuple[str, str]:
    """The number in E.164, or the key of what is wrong with it."""
    if channel.ask_number == AskNumber.NEVER:
        return "", ""
    if not typed:
        return "", "error_number_missing" if channel.ask_number == AskNumber.REQUIRED else ""
    try:
        return numbers.read(typed, country), ""
    except numbers.NumberError:
        return "", "error_number_impossible"
