"""How far the ledgers that a member of staff may see are sealed, and where their heads went."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString

from optins.admin.base import visible
from optins.admin.eyes import EyesOf
from optins.consent import ledger, sealing, signing
from optins.models import HeadExport, Organisation, Seal
from optins.sync import heads

_ORGANISATION = "seal__organisation"


@dataclass(frozen=True, slots=True)
class Way:
    """One place where heads go: the newest that is there, and what is wrong with the next one."""

    label: str
    size: int | None
    at: SafeString | str
    error: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class State:
    """One organisation's ledger. ``late``: events that should have been sealed by now."""

    organisation: Organisation
    newest: Seal | None
    sealed_at: SafeString | str
    waiting: int
    late: int
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """One public key; ``signs``: whether new heads are signed with it."""

    id: str
    digits: str
    signs: bool


def keys() -> list[Key]:
    newest = signing.newest_key_id()
    found = [Key(name, signing.public_hex(name), name == newest) for name in signing.public_keys()]
    return sorted(found, key=lambda key: not key.signs)


def states(request: HttpRequest, now: datetime) -> list[State]:
    """A fixed number of queries, however many organisations, events and heads there are."""
    organisations = _organisations(request)
    newest = Seal.objects.in_bulk([each.newest_seal for each in organisations if each.newest_seal])
    waiting, late = _unsealed(organisations, now)
    eyes, out, kept = EyesOf(request.user), _out(organisations), _kept(organisations)
    found = []
    for each in organisations:
        seal = newest.get(each.newest_seal)
        at = eyes[each].time(seal.sealed_at) if seal else ""
        ways = tuple(_way(each, target, out, kept, eyes, now) for target in heads.targets())
        found.append(State(each, seal, at, waiting.get(each.pk, 0), late.get(each.pk, 0), ways))
    return found


def _organisations(request: HttpRequest) -> list[Any]:
    newest = Seal.objects.filter(organisation=OuterRef("pk")).order_by("-size").values("pk")[:1]
    rows = visible(Organisation.objects.all(), request, "view_seal")
    return list(rows.annotate(newest_seal=Subquery(newest)))


def _unsealed(organisations: Iterable[Any], now: datetime) -> tuple[dict[int, int], dict[int, int]]:
    """How many events wait for a seal, and how many of them for too long; by organisation."""
    is_late = Q(pk__lt=ledger.first_id_at(now - sealing.LATE))
    rows = sealing.unsealed_lately().filter(organisation__in=[each.pk for each in organisations])
    counts = rows.values("organisation").annotate(all=Count("pk"), late=Count("pk", filter=is_late))
    found = {row["organisation"]: row for row in counts}
    return {key: row["all"] for key, row in found.items()}, {key: row["late"] for key, row in found.items()}


def _out(organisations: Iterable[Any]) -> dict[tuple[int, str], dict[str, Any]]:
    rows = HeadExport.objects.filter(seal__organisation__in=organisations).exclude(exported_at=None)
    values = rows.values(_ORGANISATION, "target").annotate(at=Max("exported_at"), size=Max("seal__size"))
    return {(row[_ORGANISATION], row["target"]): row for row in values}


def _kept(organisations: Iterable[Any]) -> dict[tuple[int, str], HeadExport]:
    rows = HeadExport.objects.filter(seal__organisation__in=organisations, exported_at=None)
    return {(row.seal.organisation_id, row.target): row for row in rows.select_related("seal")}


def _way(organisation: Organisation, target: str, out: Any, kept: Any, eyes: EyesOf, now: datetime) -> Way:
    gone, waits = out.get((organisation.pk, target)), kept.get((organisation.pk, target))
    at = eyes[organisation].time(gone["at"]) if gone else ""
    overdue = bool(waits) and waits.seal.sealed_at < now - heads.OVERDUE
    label = HeadExport.Target(target).label
    return Way(label, gone and gone["size"], at, waits.last_error if waits else "", overdue)
