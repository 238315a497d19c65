"""The columns of an import, declared once, and how a file's own headings become ours."""

import re
from collections.abc import Mapping
from typing import Any

from import_export import resources
from import_export.fields import Field

from optins.imports import cells
from optins.imports.errors import MappingError

_CONSTANT = "="


class ConsentResource(resources.Resource):
    """What can stand in a file: one row is one act of one person."""

    phone = Field("phone", "phone", cells.PhoneCell())
    status = Field("status", "status", cells.StatusCell())
    purposes = Field("purposes", "purposes", cells.PurposesCell())
    occurred_at = Field("occurred_at", "occurred_at", cells.MomentCell())
    language = Field("language", "language", cells.LanguageCell())
    source = Field("source", "source", cells.TextCell())
    evidence = Field("evidence", "evidence", cells.TextCell())


COLUMNS: dict[str, Field] = dict(ConsentResource.fields)
REQUIRED = ("phone", "status")
# The one value that may hold for a whole file.
SAME_FOR_ALL = ("status", "purposes", "occurred_at", "language", "source", "evidence")
OWN_WORDS = ("source", "evidence")
HELP = {
    "phone": "Their number: with + and the country’s code, or as it is dialled in your own country.",
    "status": "given, refused or withdrawn; yes, opt-in, stop, unsubscribed and the like are understood.",
    "purposes": "Keys of purposes, separated by | or a comma, or “all”. A stop without any stops everything.",
    "occurred_at": "When they said so: a time with its offset, or a date. A stop may leave it out.",
    "language": "The language they were asked in, such as en or pt-BR.",
    "source": "Where it was collected: the code or label of one of the channel’s sources, or your own words.",
    "evidence": "Where the proof is kept: the number of a form, of a recording, of a ticket.",
}
_ALIASES = {
    "phone": "phone phonenumber phoneno mobile mobilenumber mobilephone msisdn cell cellphone cellnumber "
    "number whatsapp whatsappnumber waid whatsappid tel telephone telephonenumber contactnumber e164 "
    "telefon telefono telefone celular rufnummer handynummer numero telephonemobile",
    "status": "status consent consentstatus optin optinstatus optedin optstatus subscribed subscription "
    "subscriptionstatus choice state answer permission",
    "purposes": "purposes purpose topics topic lists list category categories",
    "occurred_at": "occurredat optedinat optinat optindate optintime consentdate consentedat consenttime "
    "consentat date datetime time timestamp when occurred givenat datum fecha data",
    "language": "language lang locale sprache idioma langue preferredlanguage",
    "source": "source origin campaign placement collectedat leadsource quelle fuente origem",
    "evidence": "evidence evidencereference reference ref proof recording ticket form formnumber evidenceref",
}
_COLUMN_OF = {alias: column for column, aliases in _ALIASES.items() for alias in aliases.split()}

# Our column -> the place of theirs, or the text that stands for every row.
Places = dict[str, int | str]


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading).casefold()


def is_known(heading: str) -> bool:
    return _plain(heading) in _COLUMN_OF


def guessed(headings: list[str]) -> dict[str, str]:
    """Our column -> theirs, as far as their headings say it. Our own name goes before what is like it."""
    found: dict[str, str] = {}
    for exact in (True, False):
        for heading in headings:
            column = _COLUMN_OF.get(_plain(heading))
            if column and column not in found and (not exact or _plain(heading) == _plain(column)):
                found[column] = heading
    return found


def completed(headings: list[str], mapping: Mapping[str, Any]) -> dict[str, str]:
    """The mapping with guesses for the columns that it does not name. An empty text: not in the file."""
    unknown = [str(name) for name in mapping if name not in COLUMNS]
    if unknown:
        raise MappingError(f"There is no column “{unknown[0]}”. Ours are: {', '.join(COLUMNS)}.")
    if any(not isinstance(heading, str) for heading in mapping.values()):
        raise MappingError("Each column is mapped to the text of a heading.")
    taken = set(mapping.values())
    guesses = {name: heading for name, heading in guessed(headings).items() if heading not in taken}
    return {name: text for name, text in (guesses | dict(mapping)).items() if text}


def places(headings: list[str], mapping: Mapping[str, str]) -> Places:
    """Where each of our columns stands. ``=withdrawn`` holds for every row. Raises MappingError."""
    found = {name: _place(headings, name, text) for name, text in mapping.items()}
    for name in REQUIRED:
        if name not in found:
            raise MappingError(f"Say which column of the file is “{name}”.")
    return found


def theirs(mapping: Mapping[str, str]) -> dict[str, str]:
    """The part of it that is names of the file's own columns."""
    return {name: text for name, text in mapping.items() if not text.startswith(_CONSTANT)}


def lasting(mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping without what somebody wrote for all rows in their own words."""
    return {name: text for name, text in mapping.items() if name in theirs(mapping) or name not in OWN_WORDS}


def _place(headings: list[str], name: str, text: str) -> int | str:
    count = headings.count(text)
    if count == 1:
        return headings.index(text)
    if count > 1:
        raise MappingError(f"The heading for “{name}” stands in the file {count} times.")
    if text.startswith(_CONSTANT) and name in SAME_FOR_ALL:
        return text.removeprefix(_CONSTANT)
    raise MappingError(f"The file has no heading like the one given for “{name}”.")
