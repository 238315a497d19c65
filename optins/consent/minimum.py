"""The least that must be on record for a yes that somebody else reports, by the kind of channel.

A person's own message carries its proof with it. What an agent, a till or a call machine says of
somebody is worth as much as can be looked up later. A no or a stop is never refused for want of proof.
"""

import json
from functools import cache
from pathlib import Path

from optins.consent.signal import ConsentSignal, SignalError
from optins.models import ConsentEvent

_DATA = Path(__file__).parent / "data" / "minimum_evidence.json"


@cache
def _minimum() -> dict[str, list[str]]:
    return json.loads(_DATA.read_text())


def needed(kind: str) -> list[str]:
    """What the evidence of a reported yes must name on a channel of this kind, e.g. ``["order"]``."""
    return _minimum().get(kind, [])


def check(signal: ConsentSignal) -> None:
    """Raises SignalError for a yes without the least evidence that its channel needs."""
    is_reported = signal.kind == ConsentEvent.Kind.GIVEN and not signal.proved
    # A row of a file has a reference of its own, or the whole file's attestation: optins/imports/rows.py.
    if not is_reported or signal.channel is None or signal.door == ConsentEvent.Door.IMPORT:
        return
    said = {name for name, value in signal.evidence.items() if str(value or "").strip()}
    missing = [names for names in needed(signal.channel.kind) if said.isdisjoint(names.split(" or "))]
    if missing:
        names = ", ".join(missing)
        raise SignalError(
            f"Say in the evidence: {names}. Without it nobody can look this yes up.", "evidence"
        )
