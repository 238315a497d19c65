"""Signals for ``record``: made by hand and at random, for the clinic's people."""

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from optins.consent import gate, recording
from optins.consent.fold import STOPS, fold
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal, Identifier, whatsapp
from optins.models import ConsentEvent, ConsentRecord, Contact

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RECEIVED, NOW = NOON + timedelta(minutes=1), NOON + timedelta(minutes=2)
REMINDERS, TIPS = "appointment-reminders", "health-tips"
DIGITS, OTHER_DIGITS = "27820000101", "27820000202"
BSUID = "ZA.13491208655300000001"
# Who may act at which door; proof comes by webhook, from the person or a guardian, alone.
FOREIGN = [("import", "import"), ("admin", "staff"), ("desk", "staff"), ("api", "person"), ("web", "person"),
           ("desk", "person"), ("webhook", "platform"), ("api", "guardian")]  # fmt: skip
OWN = [("webhook", "person"), ("webhook", "guardian")]


@dataclass(frozen=True)
class Plan:
    """One signal in plain values; ``id`` counts as the vendor's. Without purposes it is of everything."""

    id: str
    kind: str = "given"
    purposes: tuple[str, ...] = ()
    at: float = 0
    asked: float | None = None
    door: str = "webhook"
    actor: str = "person"
    proved: bool = False
    digits: str = DIGITS
    bsuid: str = ""
    voids: str = ""


def yes(id: str, at: float = 0, *purposes: str, asked: float | None = None, **more) -> Plan:
    """The person's own proof."""
    asked = at if asked is None else asked
    return Plan(id, "given", purposes or (REMINDERS, TIPS), at, asked, proved=True, **more)


def word(id: str, at: float = 0, *purposes: str, door: str = "api", actor: str = "person", **more) -> Plan:
    """Somebody's word that the person agreed: no proof."""
    return Plan(id, "given", purposes or (REMINDERS, TIPS), at, door=door, actor=actor, **more)


def no(id: str, at: float = 0, *purposes: str, kind: str = "withdrawn", **more) -> Plan:
    return Plan(id, kind, purposes, at, **more)


def signal(clinic, plan: Plan) -> ConsentSignal:
    """The plan as a door would put it."""
    asked_at = None if plan.asked is None else NOON + timedelta(seconds=plan.asked)
    return ConsentSignal(
        organisation=clinic.organisation,
        identifiers=identifiers(clinic, plan),
        kind=plan.kind,
        purposes=tuple(clinic.purposes[key] for key in plan.purposes),
        actor=plan.actor,
        door=plan.door,
        connection="tests",
        id=plan.id,
        occurred_at=NOON + timedelta(seconds=plan.at),
        asked_at=asked_at,
        received_at=RECEIVED,
        proved=plan.proved,
        voids=plan.voids and _voided(clinic, plan),
        evidence={"plan": plan.id},
    )


def _voided(clinic, plan: Plan) -> str:
    """The key of the grant by a desk that has this id."""
    grant = replace(plan, id=plan.voids, kind="given", voids="", door="desk", proved=False)
    return recording.key_of(signal(clinic, grant), clinic.purposes[plan.purposes[0]])


def identifiers(clinic, plan: Plan) -> tuple[Identifier, ...]:
    return whatsapp(digits=plan.digits, bsuid=plan.bsuid, scope=clinic.sender.bsuid_scope)


def record_all(clinic, *plans: Plan):
    """Record them in this order; returns what the last one led to."""
    return [record(signal(clinic, plan), now=NOW) for plan in plans][-1] if plans else None


def decide(clinic, purpose: str = REMINDERS, *, now: datetime = NOW, **more: Any) -> gate.Decision:
    who = more if {"bsuid", "number"} & set(more) else {"number": f"+{DIGITS}", **more}
    return gate.decide(clinic.organisation, purpose=purpose, now=now, **who)


def answers(clinic, **who: Any) -> list[tuple]:
    """All that the gate says of somebody, without what differs from one recording to the next."""
    decisions = [decide(clinic, key, form=form, **who) for key in clinic.purposes for form in gate.Form]
    return [(d.allowed, d.reason, d.event and d.event.key, d.valid_until) for d in decisions]


def facts(contact: Contact) -> dict[str, tuple]:
    """The records as they are kept: keys of stop, grant and proof by purpose."""
    rows = ConsentRecord.objects.filter(contact=contact).select_related("purpose", "stop", "grant", "proof")
    return {row.purpose.key: tuple(e and e.key for e in (row.stop, row.grant, row.proof)) for row in rows}


def folded(contact: Contact) -> dict[str, tuple]:
    """The same, from the events."""
    events: list[Any] = list(ConsentEvent.objects.filter(contact=contact))
    found = {key: fold(events, purpose.pk) for key, purpose in _purposes(contact).items()}
    return {key: tuple(e and e.key for e in (f.stop, f.grant, f.proof)) for key, f in found.items()}


def _purposes(contact: Contact):
    return {row.purpose.key: row.purpose for row in contact.records.select_related("purpose")}


@contextmanager
def undone():
    """What happens inside is rolled back: the ledger cannot be emptied."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


_moments = st.builds(lambda whole, part: whole + part, st.integers(0, 4), st.sampled_from([0, 0.3, 0.9]))
_grants = st.sampled_from([(REMINDERS,), (TIPS,), (REMINDERS, TIPS)])


@st.composite
def plan(draw: st.DrawFn, id: str, *, people=((DIGITS, ""),), own: bool = True) -> Plan:
    """Anything that any door may send; with ``own=False`` nothing that the person proves."""
    door, actor = draw(st.sampled_from(FOREIGN + OWN if own else FOREIGN))
    kind = draw(st.sampled_from(["given", "given", *(kind for kind in STOPS if kind != "erased")]))
    digits, bsuid = draw(st.sampled_from(people))
    voids = draw(st.sampled_from(["", "a", "b", "c"])) if kind == "invalidated" else ""
    return Plan(
        id=id,
        kind=kind,
        purposes=draw(_grants if kind == "given" or voids else _grants | st.just(())),
        at=draw(_moments),
        asked=draw(st.none() | _moments),
        door=door,
        actor=actor,
        proved=own and (door, actor) in OWN and draw(st.booleans()),
        digits=digits,
        bsuid=bsuid,
        voids=voids,
    )


def plans(most: int = 6, **more) -> st.SearchStrategy[list[Plan]]:
    """Up to so many different signals."""
    sizes = st.integers(1, most)
    return sizes.flatmap(lambda size: st.tuples(*(plan(id, **more) for id in "abcdefgh"[:size]))).map(list)
