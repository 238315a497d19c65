"""How old one must be to agree to marketing alone: said beside the box itself, and never asked for apart."""

from collections.abc import Iterable

from optins.consent import rulepacks, texts
from optins.consent.rulepacks import jurisdiction, questions
from optins.consent.signal import Identifier
from optins.models import Organisation, Purpose

MARKETING = Purpose.Category.MARKETING


def to_say(
    organisation: Organisation, purposes: Iterable[Purpose], identifiers: Iterable[Identifier] = ()
) -> int | None:
    """N of "I am N or older", where marketing is among the purposes; None where nothing is to be said.

    By the packs of whoever has these identifiers; while nobody is known, by those of the organisation.
    """
    if not any(purpose.category == MARKETING for purpose in purposes):
        return None
    where = jurisdiction.of_identifiers(((i.scheme, i.value) for i in identifiers), organisation)
    return questions.own_age(rulepacks.rules_at(organisation, where, MARKETING))


def is_asked(purpose: Purpose, own_age: int | None) -> bool:
    """Whether the line of this purpose says an age."""
    return own_age is not None and purpose.category == MARKETING


def line(own_age: int | None, language: str) -> str:
    return texts.text("age_line", language, age=own_age)
