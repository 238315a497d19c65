"""Phone numbers: reading what people type, and the one form that equivalent numbers share."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import phonenumbers

_DATA = Path(__file__).parent / "data" / "number_equivalence.json"
# What stands in the place of a number that is withheld: anonymous, restricted, blocked, unknown (in two
# spellings) and unavailable, on a telephone's keys. https://support.twilio.com/hc/en-us/articles/223179988
_WITHHELD = {"266696687", "7378742833", "2562533", "8656696", "8566696", "86282452253"}
BSUID = re.compile(r"[A-Z]{2}(\.ENT)?\.[A-Za-z0-9]{1,128}")


class NumberError(ValueError):
    """What was typed is not a phone number."""


def read(text: str, country: str = "") -> str:
    """E.164 of what somebody typed: national with its zero, ``+…`` or ``00…``, in any script's digits.

    ``country`` (ISO alpha-2) is ignored when the number is international. Raises NumberError.
    """
    text = text.strip()
    if text.startswith("00"):
        text = f"+{text[2:]}"
    try:
        number = phonenumbers.parse(text, country.upper() or None)
    except phonenumbers.NumberParseException as error:
        raise NumberError("This does not look like a phone number.") from error
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not _is_possible(e164):
        raise NumberError("This number has too few or too many digits.")
    return e164


def _is_possible(e164: str) -> bool:
    """Judged by its usual form: some that WhatsApp still uses are no longer dialled, as Mexico's +521.

    A number that can be dialled in its own town alone is not possible either.
    """
    number = phonenumbers.parse(canonical(e164))
    found = phonenumbers.is_possible_number_with_reason(number)
    return bool(found == phonenumbers.ValidationResult.IS_POSSIBLE)


def from_platform(digits: str) -> str:
    """E.164 of a platform's own id, which is trusted to exist: digits without plus."""
    if not re.fullmatch(r"\+?[1-9][0-9]{6,14}", digits):
        raise NumberError("This is not a number in international form.")
    bare = digits.removeprefix("+")
    if bare in _WITHHELD:
        raise NumberError("The number is withheld.")
    return f"+{bare}"


Rule = tuple[re.Pattern[str], str]


@cache
def _rules() -> tuple[list[Rule], list[Rule]]:
    """To the one form, and back from it."""
    rules = json.loads(_DATA.read_text())["rules"]
    return [_rule(rule) for rule in rules], [_rule(rule["back"]) for rule in rules]


def _rule(raw: dict[str, str]) -> Rule:
    return re.compile(raw["form"]), raw["same_as"]


def canonical(e164: str) -> str:
    """The one form that all equivalent forms of a number share."""
    return next(_rewritten(e164, _rules()[0]), e164)


def equivalent(e164: str) -> set[str]:
    """Every form of the number, this one among them."""
    one = canonical(e164)
    return {e164, one, *_rewritten(one, _rules()[1])}


def _rewritten(e164: str, rules: list[Rule]) -> Iterator[str]:
    for form, same_as in rules:
        if match := form.fullmatch(e164):
            yield match.expand(same_as)


def shown(e164: str) -> str:
    """The number as people write it, with spaces: ``+27 82 000 0101``."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked(e164: str) -> str:
    """The number with all but its last two digits hidden."""
    return f"{e164[:3]}{'•' * max(len(e164) - 5, 3)}{e164[-2:]}"


def country_of(e164: str) -> str:
    """ISO alpha-2 by calling code; empty where the code alone does not decide (+1 …)."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(e164)) or ""
    except phonenumbers.NumberParseException:
        return ""
