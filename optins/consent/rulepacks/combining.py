"""How what several packs say becomes one value: field by field, the strictest wins.

How to combine is data of the schema (``x-combine``); what it leaves open is listed here. Each way only
tightens when another pack is added, whatever it says, and what is unconfirmed never loosens.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from optins.consent.rulepacks.packs import STATUSES, Element, Statement, schema

# Fields that decide something here and of which the schema does not say how they combine.
_MORE = {
    "minors.digital_consent_age": "max",
    "minors.marketing_to_minors_allowed": "strictest(no>with_guardian_consent>caution>yes)",
    "consent.re_request_after_refusal": "strictest(never>at_own_request>allowed)",
    "rights.rectification_days": "min",
    "records.proof_fields": "union",
}
_LEVELS = ("recommended", "required_if_any", "required")
# Where a yes has shades: from no to must.
_SHADES = ("False", "None", "recommended", "True", "expected", "required")
# One word for what laws call by different names.
_SAME = {"with_competent_person_consent": "with_guardian_consent"}


@dataclass(frozen=True, slots=True)
class Field:
    """One field for one recipient. ``value`` is None where no pack says anything.

    ``statements``: what each pack says, those that decide first. ``status``: of the surest that decides.
    """

    path: str
    value: Any = None
    deciding: tuple[Statement, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def status(self) -> str:
        return max((s.status for s in self.deciding), key=STATUSES.index, default="")

    @property
    def packs(self) -> tuple[str, ...]:
        """The packs that decide it, as ``ZA 0.1.0``."""
        return tuple(dict.fromkeys(f"{s.pack} {s.version}" for s in self.deciding))

    @property
    def citation(self) -> str:
        return "; ".join(dict.fromkeys(s.citation for s in self.deciding))

    @property
    def source(self) -> str:
        return next((s.source for s in self.deciding if s.source), "")


@cache
def way_of(path: str) -> str:
    """How this field combines: a word of the schema, or ``nearest``, where nothing is stricter."""
    return schema()["x-combine"].get(path) or _MORE.get(path, "nearest")


def combine(path: str, statements: Sequence[Statement]) -> Field:
    """One field of what the packs say, the recipient's pack first."""
    way, _, order = way_of(path).partition("(")
    if way == "union":
        return _union(path, statements)
    if way == "intersection":
        return _intersection(path, statements)
    if way == "nearest":
        return _nearest(path, statements)
    strictness = _strictness(way, order.rstrip(")"))
    said = [s for s in statements if not (way.endswith("non_null") and s.value is None)]
    if not said:
        return Field(path, None, (), tuple(statements))
    most = max(strictness(s.value) for s in said)
    deciding = sorted((s for s in said if strictness(s.value) == most), key=_surest)
    return Field(path, _known(way, order, deciding[0].value), tuple(deciding), _first(deciding, statements))


def _known(way: str, order: str, value: Any) -> Any:
    """The value; for a word that the order of strictness does not have, the strictest that it has."""
    words = order.rstrip(")").split(">")
    return value if way != "strictest" or word(value) in words else words[0]


def _surest(statement: Statement) -> int:
    return -STATUSES.index(statement.status)


def _strictness(way: str, order: str) -> Callable[[Any], float]:
    """A number for each value, the higher the stricter."""
    if way == "strictest":
        words = order.split(">")
        # A word that nobody knows is as strict as can be.
        return lambda value: -words.index(word(value)) if word(value) in words else 0
    if way == "or":
        return lambda value: _SHADES.index(str(value)) if str(value) in _SHADES else len(_SHADES)
    if way == "and":
        return lambda value: 0 if value is True else 1
    sign = 1 if way.startswith("max") else -1
    return lambda value: sign * measure(value, unknown=-sign * math.inf)


def word(value: Any) -> str:
    """The value as the word that an order of strictness is written with."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):  # by province, which is not known: the strictest of them
        return "no" if False in value.values() else str(value.get("default"))
    return _SAME.get(str(value), str(value))


def measure(value: Any, *, unknown: float = math.inf) -> float:
    """A value as a number of its own unit; a time limit in hours, by our own limit where the law has none."""
    if isinstance(value, bool | str) or value is None:
        found = re.match(r"(\d+)_business_days", str(value))
        return int(found[1]) * 24 if found else unknown
    if isinstance(value, dict):
        for name, hours in (("product_default_hours", 1), ("max_hours", 1), ("business_days", 24)):
            if name in value:
                return float(value[name] * hours)
        return unknown
    return float(value)


def _union(path: str, statements: Sequence[Statement]) -> Field:
    found: list[Any] = []
    for item in (item for s in statements for item in s.value or ()):
        if item not in found:
            found.append(item)
    deciding = [s for s in statements if s.value]
    return Field(path, found, tuple(deciding), _first(deciding, statements))


def _intersection(path: str, statements: Sequence[Statement]) -> Field:
    """What all allow. What nobody confirmed is allowed by nobody."""
    if not any(s.is_confirmed for s in statements):
        return Field(path, [], tuple(statements), tuple(statements))
    confirmed = next(s for s in statements if s.is_confirmed)
    codes = set.intersection(*({row["code"] for row in s.value or ()} for s in statements))
    value = [row for row in confirmed.value or () if row["code"] in codes]
    return Field(path, value, tuple(statements), tuple(statements))


def _nearest(path: str, statements: Sequence[Statement]) -> Field:
    """Nothing is decided by it here: the word of the recipient's own pack, a confirmed one before others."""
    deciding = sorted(statements, key=lambda s: not s.is_confirmed)[:1]
    value = deciding[0].value if deciding else None
    return Field(path, value, tuple(deciding), _first(deciding, statements))


def _first(deciding: Sequence[Statement], statements: Sequence[Statement]) -> tuple[Statement, ...]:
    return (*deciding, *(s for s in statements if not any(s is one for one in deciding)))


def checklist(elements: Iterable[Element]) -> list[Element]:
    """One line for each element: required wins, then the surer source."""
    found: dict[str, Element] = {}
    for element in elements:
        known = found.get(element.element)
        if known is None or _weight(element) > _weight(known):
            found[element.element] = element
    return list(found.values())


def _weight(element: Element) -> tuple[int, int]:
    return _LEVELS.index(element.level), STATUSES.index(element.status)
