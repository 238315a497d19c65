"""The rules for one recipient: META, the recipient's country and the organisation's, and its own overlay."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from optins.consent.rulepacks import jurisdiction, overlays, packs
from optins.consent.rulepacks.combining import Field, checklist, combine
from optins.consent.rulepacks.packs import Element, Pack, Statement
from optins.models import Contact, Organisation


@dataclass(frozen=True)
class Rules:
    """What binds the messages of one kind to one recipient; of every kind, where ``kind`` is empty.

    ``jurisdiction`` is an ISO alpha-2 code; ``applied`` each pack with the country it applies for, the
    recipient's first. Values are read with ``field``; questions of ours to the packs are in ``questions``.
    """

    jurisdiction: str
    recipient: tuple[str, ...]
    applied: tuple[tuple[Pack, str], ...]
    kind: str = ""

    @cached_property
    def _fields(self) -> dict[str, Field]:
        return {}

    def field(self, path: str) -> Field:
        """One field, e.g. ``consent.double_opt_in``, as the strictest of all the packs that bind it."""
        if path not in self._fields:
            self._fields[path] = combine(path, self._said(path))
        return self._fields[path]

    def _said(self, path: str) -> list[Statement]:
        return [
            statement
            for pack, country in self.applied
            if pack.binds(path, self.kind)
            for statement in packs.said(pack, path, country)
        ]

    def wording_checklist(self) -> list[Element]:
        """What a wording must or should say: one line for each element, the strictest."""
        bound = (pack for pack, _country in self.applied if pack.binds("wording", self.kind))
        return checklist(element for pack in bound for element in packs.elements_of(pack))

    @property
    def packs(self) -> tuple[Pack, ...]:
        """Each pack that has a say, with those that it extends, once; the platform's first."""
        found = {one.id: one for pack, _country in self.applied for one in packs.with_extended(pack)}
        return tuple(sorted(found.values(), key=lambda pack: pack.id != packs.PLATFORM))

    @property
    def versions(self) -> dict[str, str]:
        """The packs in force by id, as they are stored with each event: ``{"META": "0.1.0", …}``."""
        return {pack.id: pack.version for pack in sorted(self.packs, key=lambda pack: pack.id)}

    def is_overdue(self, today: date) -> bool:
        return bool(self.overdue(today))

    def overdue(self, today: date) -> list[Pack]:
        """The packs whose review is overdue."""
        return [pack for pack in self.packs if pack.is_overdue(today)]

    @property
    def disclaimer(self) -> str:
        """To be shown wherever a pack decides: this is not legal advice."""
        return "\n".join(dict.fromkeys(pack.disclaimer for pack in self.packs))


def rules_for(organisation: Organisation, who: Contact | str | None = None, kind: str = "") -> Rules:
    """The rules for a contact, a country (ISO alpha-2), or the organisation's own country.

    ``kind`` is a purpose's category: some packs bind marketing only. Reads the contact's identifiers
    (one query, none if they are prefetched); the packs themselves are read once per process.
    """
    if isinstance(who, Contact):
        where = jurisdiction.of_contact(who, organisation)
    else:
        where = jurisdiction.of_country(who or "", organisation)
    return rules_at(organisation, where, kind)


def rules_at(organisation: Organisation, where: jurisdiction.Whereabouts, kind: str = "") -> Rules:
    """The same for whereabouts that are known already. Equal questions share one answer."""
    overlay = json.dumps(organisation.rule_overlay, sort_keys=True) if organisation.rule_overlay else ""
    return _rules(where.decided, where.possible, organisation.country.upper(), overlay, kind)


@lru_cache(maxsize=2048)
def _rules(decided: str, possible: tuple[str, ...], own: str, overlay: str, kind: str) -> Rules:
    applied = [*_of(possible), *_of((own,)), (packs.all_packs()[packs.PLATFORM], "")]
    if overlay:
        applied.append((overlays.pack_of(json.loads(overlay)), ""))
    return Rules(decided, possible, tuple(_once(applied)), str(kind))


def _of(countries: Iterable[str]) -> list[tuple[Pack, str]]:
    return [(pack, country) for country in countries for pack in packs.of_country(country)]


def _once(applied: list[tuple[Pack, str]]) -> list[tuple[Pack, str]]:
    return list({(pack.id, country): (pack, country) for pack, country in applied}.values())


def combined(rules: Rules, extra: Pack) -> Rules:
    """The same rules with one more pack: never looser."""
    return Rules(rules.jurisdiction, rules.recipient, (*rules.applied, (extra, "")), rules.kind)
