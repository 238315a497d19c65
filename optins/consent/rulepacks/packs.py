"""The packs as files: read once, checked, and resolved to what each of them says, field by field."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parents[1] / "data" / "rulepacks"
_SCHEMA = "rulepack.schema.json"
PLATFORM = "META"
STATUSES = ("unconfirmed", "secondary", "primary")  # the surer, the later
# What is about a person or a record, and not about one kind of message: it binds whatever is sent.
_WHATEVER_IS_SENT = {"minors", "records", "rights", "breach", "transfers", "enforcement"}
_AGES = ("minors.digital_consent_age", "minors.guardian_consent_required_below")


class PackError(ValueError):
    """A pack that cannot be used; the message says which, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one pack says about one field, with its source and how sure of it one can be."""

    pack: str
    version: str
    value: Any
    citation: str
    status: str
    source: str = ""
    note: str = ""

    @property
    def is_confirmed(self) -> bool:
        return self.status != "unconfirmed"


@dataclass(frozen=True, slots=True)
class Element:
    """Something that a wording must say: ``required``, ``required_if_any`` or ``recommended``."""

    element: str
    level: str
    citation: str
    source: str
    status: str
    pack: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One file. ``kinds``: the WhatsApp categories of messages that it binds."""

    id: str
    name: str
    version: str
    status: str
    countries: frozenset[str]
    extends: tuple[str, ...]
    kinds: frozenset[str]
    review_due: date
    counsel: str
    disclaimer: str
    in_force: date | None
    fields: Mapping[str, Statement]
    elements: tuple[Element, ...]

    def binds(self, path: str, kind: str) -> bool:
        """Whether what it says of this field holds for messages of this kind; of any, where kind is empty."""
        return not kind or kind in self.kinds or path.split(".")[0] in _WHATEVER_IS_SENT

    def is_overdue(self, today: date) -> bool:
        return self.review_due < today


@cache
def schema() -> dict[str, Any]:
    return json.loads((_DATA / _SCHEMA).read_text())


@cache
def all_packs() -> Mapping[str, Pack]:
    """Every pack by its id. Raises PackError where a file is not what the schema says."""
    paths = (path for path in sorted(_DATA.glob("*.json")) if path.name != _SCHEMA)
    found = {path.stem: read(json.loads(path.read_text())) for path in paths}
    for pack in found.values():
        if unknown := set(pack.extends) - set(found):
            raise PackError(f"{pack.id} extends {', '.join(sorted(unknown))}, which is no pack.")
    return found


def of_country(country: str) -> list[Pack]:
    """The packs of one country (ISO alpha-2): the most particular alone, which has what it extends in it."""
    mine = [pack for pack in all_packs().values() if country in pack.countries]
    extended = {parent for pack in mine for parent in pack.extends}
    return [pack for pack in mine if pack.id not in extended]


def read(raw: Mapping[str, Any]) -> Pack:
    """A pack from its JSON: a small check of its shape; the whole schema is a test's."""
    name = str(raw.get("id", "?"))
    required = set(schema()["required"])
    if missing := required - set(raw):
        raise PackError(f"{name} lacks {', '.join(sorted(missing))}.")
    if not re.fullmatch(schema()["properties"]["id"]["pattern"], name):
        raise PackError(f"{name} is no id of a pack.")
    if raw["schema_version"] != schema()["properties"]["schema_version"]["const"]:
        raise PackError(f"{name} is of schema version {raw['schema_version']}.")
    in_force = raw.get("effective", {}).get("in_force")
    return Pack(
        id=name,
        name=raw["name"],
        version=raw["version"],
        status=raw["status"],
        countries=frozenset(raw["jurisdiction"]["iso3166"]),
        extends=tuple(raw["extends"]),
        kinds=frozenset(raw.get("applicability", {}).get("message_kinds", ())) or _every_kind(),
        review_due=date.fromisoformat(raw["review"]["review_due"]),
        counsel=raw["review"]["counsel"] or "",
        disclaimer=raw["disclaimer"],
        in_force=date.fromisoformat(in_force) if in_force else None,
        fields={path: _statement(raw, path, field) for path, field in _fields(raw)},
        elements=tuple(_element(name, element) for element in raw["wording_checklist"]),
    )


def _every_kind() -> frozenset[str]:
    # A pack that names no kind binds all: the strict reading of silence.
    return frozenset({"marketing", "utility", "authentication", "service"})


def _fields(raw: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for section, fields in raw["rules"].items():
        for name, field in fields.items():
            yield f"{section}.{name}", field


def _statement(raw: Mapping[str, Any], path: str, field: Mapping[str, Any]) -> Statement:
    if field.get("status") not in STATUSES:
        raise PackError(f"{raw['id']} does not say how sure {path} is.")
    return Statement(
        pack=raw["id"],
        version=raw["version"],
        value=field["value"],
        citation=field["citation"],
        status=field["status"],
        source=field.get("source") or "",
        note=field.get("note", ""),
    )


def _element(pack: str, raw: Mapping[str, Any]) -> Element:
    return Element(
        raw["element"], raw["level"], raw["citation"], raw.get("source") or "", raw["status"], pack
    )


def said(pack: Pack, path: str, country: str = "") -> list[Statement]:
    """What the pack says of a field: its own word, in the place of what it extends.

    A word that is unconfirmed stands beside what it would replace, so that it can tighten and never
    loosen. The platform's pack is left out: it applies beside every other.
    """
    own = pack.fields.get(path)
    if own and own.is_confirmed:
        return [_resolved(pack, path, own, country)]
    parents = (all_packs()[name] for name in pack.extends if name != PLATFORM)
    inherited = [statement for parent in parents for statement in said(parent, path, country)]
    return [_resolved(pack, path, own, country), *inherited] if own else inherited


def elements_of(pack: Pack) -> list[Element]:
    """Its wording checklist, with that of the packs it extends; the platform's left out."""
    parents = (all_packs()[name] for name in pack.extends if name != PLATFORM)
    return [*pack.elements, *(element for parent in parents for element in elements_of(parent))]


def with_extended(pack: Pack) -> list[Pack]:
    parents = (all_packs()[name] for name in pack.extends)
    return [pack, *(one for parent in parents for one in with_extended(parent))]


def kinds_text(pack: Pack) -> str:
    """Which messages it binds, for a screen."""
    return ", ".join(sorted(pack.kinds)) if pack.kinds != _every_kind() else "every message"


def _resolved(pack: Pack, path: str, statement: Statement, country: str) -> Statement:
    """An age may depend on the state or province: that of the country, else the highest there is."""
    if path not in _AGES:
        return statement
    value = statement.value
    if isinstance(value, str) and (other := pack.fields.get(f"minors.{value}")):
        value = other.value
    if isinstance(value, dict):
        states = value.get("by_state", {})
        value = states.get(country) or max(_ages(value))
    return Statement(
        statement.pack, statement.version, value, statement.citation, statement.status,
        statement.source, statement.note,
    )  # fmt: skip


def _ages(value: Mapping[str, Any]) -> Iterator[int]:
    for age in value.values():
        yield from _ages(age) if isinstance(age, dict) else (age,)
