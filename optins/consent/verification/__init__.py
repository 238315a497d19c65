"""Verification: recomputes everything that the ledger claims, and names what does not hold.

It only reads, in chunks: a ledger of any size needs the same memory. Records are folded again, digests, MACs
and leaf hashes made again, trees grown again, signatures and the line of heads checked.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from optins.consent.seals import SignedHead
from optins.consent.verification import leaves, records, strays, waiting
from optins.consent.verification.events import EventCheck
from optins.consent.verification.findings import Checked, Finding, Kind
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
    sealed, counted = yield from leaves.check(organisation, own, events)
    unsealed, oldest = yield from waiting.check(organisation, events)
    yield from records.check(organisation)
    yield Checked(
        organisation=organisation.slug, sealed=sealed, heads=counted, unsealed=unsealed, oldest=oldest
    )
