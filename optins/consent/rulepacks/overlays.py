"""An organisation's own rules: a small pack that may only be stricter than those it lies over."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from optins.consent.rulepacks import packs
from optins.consent.rulepacks.combining import combine, way_of
from optins.consent.rulepacks.packs import Pack, Statement

ID = "OWN"
_HOURS = re.compile(r"(?:[01]\d|2[0-4]):[0-5]\d-(?:[01]\d|2[0-4]):[0-5]\d")
_DAYS = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", "all", "public_holiday"}


def _months(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 600


def _age(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 25


def _closed(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, dict)
        and set(row) == {"days", "closed"}
        and isinstance(row["days"], list)
        and set(row["days"]) <= _DAYS
        and _HOURS.fullmatch(str(row["closed"]))
        for row in value
    )


# What an organisation may tighten, how its value is checked, and an example of one.
FIELDS: Mapping[str, tuple[Callable[[Any], bool], Any]] = {
    "consent.double_opt_in": (lambda value: value == "required", "required"),
    "consent.expiry_months": (_months, 24),
    "consent.refresh_months": (_months, 12),
    "consent.request_attempts_max": (lambda value: value in (0, 1), 1),
    "consent.re_request_after_refusal": (lambda value: value == "never", "never"),
    "minors.guardian_consent_required_below": (_age, 18),
    "minors.marketing_to_minors_allowed": (lambda value: value is False, False),
    "records.retention_min_months": (_months, 60),
    "timing.quiet_hours": (_closed, [{"days": ["all"], "closed": "20:00-08:00"}]),
}


def pack_of(overlay: Mapping[str, Any]) -> Pack:
    """The overlay as a pack; its version is the beginning of its digest."""
    digest = hashlib.sha256(json.dumps(overlay, sort_keys=True).encode()).hexdigest()[:8]
    fields = {path: _statement(path, overlay[path], digest) for path in FIELDS if path in overlay}
    return Pack(
        id=ID,
        name="The organisation's own rules",
        version=digest,
        status="reviewed",
        countries=frozenset(),
        extends=(),
        kinds=frozenset({"marketing", "utility", "authentication", "service"}),
        review_due=date.max,
        counsel="",
        disclaimer=packs.all_packs()[packs.PLATFORM].disclaimer,
        in_force=None,
        fields=fields,
        elements=(),
    )


def _statement(path: str, value: Any, version: str) -> Statement:
    return Statement(ID, version, value, "The organisation's own rule", "primary")


def problems(overlay: Any, country: str) -> list[str]:
    """What is wrong with an overlay, in sentences: unknown, malformed, or looser than a pack says."""
    if not isinstance(overlay, dict):
        return ["Own rules are written as {field: value}."]
    found = [f"{path} is not a rule that can be made stricter here." for path in set(overlay) - set(FIELDS)]
    for path, (is_well_formed, example) in FIELDS.items():
        if path not in overlay:
            continue
        if not is_well_formed(overlay[path]):
            found.append(f"{path} should look like {json.dumps(example)}.")
        elif says := _stricter(path, overlay[path], country):
            found.append(f"{path}: {json.dumps(overlay[path])} is looser than what {says}.")
    return sorted(found)


def _stricter(path: str, value: Any, country: str) -> str:
    """The pack that is stricter than this value; empty where none is. Hours add up, so none can be."""
    if way_of(path) == "union":
        return ""
    in_force = [packs.all_packs()[packs.PLATFORM], *packs.of_country(country.upper())]
    said = [statement for pack in in_force for statement in packs.said(pack, path, country.upper())]
    own = _statement(path, value, "")
    result = combine(path, [*said, own])
    if any(statement is own for statement in result.deciding):
        return ""
    return f"{result.packs[0]} says ({json.dumps(result.value)})"
