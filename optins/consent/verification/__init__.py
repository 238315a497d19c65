"""Verification: recomputes everything that the ledger claims, and names what does not hold.

It only reads, in chunks: a ledger of any size needs the same memory. Records are folded again, digests, MACs
and leaf hashes made again, trees grown again, signatures and the line of heads checked.
"""

from collections.abc import Generator, Iterator, Sequence
from datetime import datetime
from typing import Any

from optins.consent.seals import SignedHead
from optins.consent.verification import leaves, records, removed, strays, waiting
from optins.consent.verification.events import EventCheck
from optins.consent.verification.findings import Checked, Finding, Kind
from optins.consent.verification.readable import UNREADABLE
from optins.models import Organisation

__all__ = ["Checked", "Finding", "Kind", "verify", "verify_organisation"]


def verify(heads: Sequence[SignedHead] = (), *, now: datetime) -> Iterator[Finding | Checked]:
    """All organisations, and rows that belong to none; ``heads`` were exported before."""
    known = set()
    for organisation in Organisation.objects.order_by("pk"):
        known.add(organisation.slug)
        yield from verify_organisation(organisation, heads, now=now)
    yield from strays.check()
    for slug in sorted({head.fields["organisation"] for head in heads} - known):
        text = f"There is no organisation {slug}, and there are exported heads of it."
        yield Finding(Kind.LEDGER_CUT_OFF, slug, "ledger", "0", text)


def verify_organisation(
    organisation: Organisation, heads: Sequence[SignedHead] = (), *, now: datetime
) -> Iterator[Finding | Checked]:
    """One organisation: its findings in the order of the tree, and last of all what was checked."""
    own = [head for head in heads if head.fields["organisation"] == organisation.slug]
    events = EventCheck(organisation, now)
    sealed, counted = yield from _to_its_end(events, leaves.check(organisation, own, events), (0, 0))
    unsealed, oldest = yield from _to_its_end(events, waiting.check(organisation, events), (0, None))
    yield from _to_its_end(events, removed.check(events), None)
    yield from _to_its_end(events, records.check(organisation), None)
    yield Checked(
        organisation=organisation.slug, sealed=sealed, heads=counted, unsealed=unsealed, oldest=oldest
    )


def _to_its_end(
    events: EventCheck, check: Generator[Finding, None, Any] | Iterator[Finding], otherwise: Any
) -> Generator[Finding, None, Any]:
    """Whatever a check met that it could not read is a finding, and the next one begins."""
    try:
        return (yield from check)
    except UNREADABLE as error:
        text = f"What stands in a row cannot be read, and this check ended there: {error!r}"
        yield events.finding(Kind.UNREADABLE, "ledger", 0, text)
        return otherwise
