"""The JSON that the gate and the consents API answer with."""

from datetime import datetime
from typing import Any

from optins.consent.gate import Decision


def moment(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def decision_json(decision: Decision) -> dict[str, Any]:
    """The gate's answer, as documented in the API's reference."""
    return {
        "decision": "allow" if decision.allowed else "deny",
        "mode": decision.mode,
        "reason": str(decision.reason),
        "event": str(decision.event.pk) if decision.event else None,
        "purpose": decision.purpose,
        "window_expires_at": moment(decision.window_expires_at),
        "valid_from": moment(decision.valid_from),
        "valid_until": moment(decision.valid_until),
    }
