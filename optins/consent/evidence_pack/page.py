"""The pages in a pack, to read and to print, in English; the exact words in their own language. No script."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string

from optins.consent import numbers, seals, signing, texts
from optins.consent.choices import Choice
from optins.consent.evidence_pack.contents import Contents, file_of
from optins.consent.standing import Reason
from optins.models import ConsentEvent, Contact, ContactIdentifier, NoticeTranslation

Kind = ConsentEvent.Kind
_STANDS = {
    Reason.CONSENT: "Agreed",
    Reason.UNCONFIRMED: "Reported as agreed, but not confirmed by the person: does not count",
    Reason.EXPIRED: "Agreed, but it has run out",
    Reason.NOTICE_CHANGED: "Agreed, but the wording has changed since and needs a new yes",
    Reason.NO_RECORD: "No record: neither a yes nor a no",
    Reason.REFUSED: "Refused",
    Reason.WITHDRAWN: "Stopped",
    Reason.INVALIDATED: "What was recorded does not count",
    Reason.ERASED: "Erased at the person's request",
}
_ACTS = {
    Kind.GIVEN: "Agreed",
    Kind.REFUSED: "Refused",
    Kind.WITHDRAWN: "Stopped",
    Kind.INVALIDATED: "Taken back: does not count",
    Kind.ERASED: "Erased",
}


@dataclass(frozen=True, slots=True)
class Act:
    """One act as the page tells of it: ``facts`` are label and value, ``files`` its evidence in the pack."""

    title: str
    at: str
    about: str
    proof: str
    facts: list[tuple[str, str]]
    wording: str
    files: list[tuple[str, str]]
    sealed: str


def rendered(contents: Contents, proofs: dict[str, Any], heads: dict[str, Any], other: str = "") -> str:
    """Who, what, when, in which words, and how it was proved. ``other``: the page for the person."""
    contact, zone = contents.contact, ZoneInfo(contents.contact.organisation.time_zone)
    sealed = {row["event"]: row["position"] for row in proofs["proofs"]}
    head = contents.sealed.head if heads["heads"] else None
    key_id = signing.newest_key_id()
    values = {
        "contact": contact,
        "other": other,
        "organisation": contact.organisation,
        "known": known(contact),
        "made": time(contents.now, zone),
        "standing": [(choice.purpose.title("en"), _stands(choice, zone)) for choice in contents.choices],
        "acts": [_act(event, contents, sealed, zone) for event in contents.events],
        "wordings": [(digest, shown, read(shown)) for digest, shown in contents.wordings.items()],
        "head": head,
        "head_time": seals.fields_of(head)["sealed_at"] if head else "",
        "key_id": key_id,
        "public_key": signing.public_hex(key_id),
        "left_out": len(contents.left_out),
        "for_person": contents.for_person,
    }
    return render_to_string("pack/index.html", values)


def wording(shown: NoticeTranslation, digest: str) -> str:
    """One wording as a page, as it was shown: in its language and direction."""
    values = {"shown": shown, "digest": digest, "language": read(shown)}
    return render_to_string("pack/wording.html", values)


def read(shown: NoticeTranslation) -> dict[str, str]:
    """The language that a wording is read in."""
    code = shown.language
    return {"code": code, "name": texts.name(code), "direction": texts.direction(code)}


def time(moment: datetime, zone: ZoneInfo) -> str:
    """``2026-11-23 14:32:05 +02:00``."""
    return moment.astimezone(zone).isoformat(sep=" ", timespec="seconds").replace("+", " +")


def known(contact: Contact) -> list[tuple[str, str]]:
    """Each identifier that is left: what it is, and the value."""
    return [(row.get_scheme_display(), _written(row)) for row in contact.identifiers.order_by("pk")]


def _written(row: ContactIdentifier) -> str:
    return numbers.shown(row.value) if row.scheme == ContactIdentifier.Scheme.PHONE else row.value


def _stands(choice: Choice, zone: ZoneInfo) -> str:
    words = _STANDS.get(choice.standing.reason, "Recorded as agreed, but does not count now")
    return f"{words}, since {time(choice.event.occurred_at, zone)}" if choice.event else words


def _act(event: ConsentEvent, contents: Contents, sealed: dict[str, int], zone: ZoneInfo) -> Act:
    place = sealed.get(str(event.pk))
    return Act(
        title=_ACTS[Kind(event.kind)],
        at=time(event.occurred_at, zone),
        about=event.purpose.title("en") if event.purpose else "everything",
        proof=_proof(event),
        facts=[(label, value) for label, value in _facts(event, zone) if value],
        wording=event.translation.digest() if event.translation else "",
        files=list(_files(event, contents)),
        sealed="not yet" if place is None else f"yes, as number {place + 1} of the ledger",
    )


def _proof(event: ConsentEvent) -> str:
    if event.proved:
        return "By the person's own message, from the very number or id it is about"
    return f"Not proved: reported by {event.get_actor_display().lower()}"


def _facts(event: ConsentEvent, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    yield "By", event.get_actor_display()
    yield "Asked on", str(event.request.channel) if event.request else ""
    yield "Came in by", ", ".join(filter(None, [event.get_door_display(), str(event.channel or "")]))
    yield "Source", f"{event.placement} ({event.placement.code})" if event.placement else ""
    yield "Asked", time(event.asked_at, zone) if event.asked_at else ""
    yield "Received", time(event.received_at, zone)
    yield "Recorded", time(event.recorded_at, zone)
    yield "Runs out", time(event.expires_at, zone) if event.expires_at else ""
    yield "Reason", event.get_reason_display() if event.reason else ""
    yield "Language", texts.name(event.language) if event.language else ""
    yield "Id", str(event.pk)


def _files(event: ConsentEvent, contents: Contents) -> Iterator[tuple[str, str]]:
    """Each piece of evidence: its file, or why there is none."""
    for part, file, is_left_out in files_of(event, contents):
        if file:
            yield part, file
        else:
            yield f"{part}: {'left out, it may name others' if is_left_out else 'no longer kept'}", ""


def files_of(event: ConsentEvent, contents: Contents) -> Iterator[tuple[str, str, bool]]:
    """Each part of its evidence with its file in the pack; without one, whether it was left out of it."""
    there = {row.part for row in contents.evidence if row.event_id == event.pk}
    out = {row.part for row in contents.left_out if row.event_id == event.pk}
    for part in event.evidence_digests:
        yield part, file_of(event, part) if part in there else "", part in out
