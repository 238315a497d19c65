"""What Meta itself reports about a person: marketing stopped or resumed, another number, another user id."""

from collections.abc import Iterator
from typing import Any

from channels_capture.base import Move, Preference
from channels_capture.reading import inner, objects, string, unix_time
from channels_capture.whatsapp_thread import people

Raw = dict[str, Any]
_STOPS = {"stop": True, "resume": False}


def preferences(value: Raw, scope: str) -> Iterator[Preference]:
    """``user_preferences``: the switch in WhatsApp itself. Its time is a number, and it has no id."""
    for raw in objects(value, "user_preferences"):
        who = people.identifiers(string(raw, "wa_id"), string(raw, "user_id"), scope)
        stops = _STOPS.get(string(raw, "value"))
        if who and stops is not None and string(raw, "category") == "marketing_messages":
            yield Preference(who, stops, unix_time(raw))


def moves(value: Raw, scope: str) -> Iterator[Move]:
    """System messages and ``user_id_update``: from now on they are known by something else."""
    for raw in objects(value, "messages"):
        if string(raw, "type") == "system":
            system = inner(raw, "system")
            old = people.identifiers(string(raw, "from"), string(raw, "from_user_id"), scope)
            # Before 2026 the new number was called new_wa_id.
            new = people.identifiers(string(system, "wa_id", "new_wa_id"), string(system, "user_id"), scope)
            known = f"{[*old, *new]}/{string(raw, 'timestamp')}"
            yield from _move(string(raw, "id") or known, old, new, raw)
    for raw in objects(value, "user_id_update"):
        ids = inner(raw, "user_id")
        previous, current = string(ids, "previous"), string(ids, "current")
        old = people.identifiers("", previous, scope)
        new = people.identifiers(string(raw, "wa_id"), current, scope)
        # It has no id of its own.
        yield from _move(f"{previous}/{current}/{string(raw, 'timestamp')}", old, new, raw)


def _move(id_: str, old: people.Identifiers, new: people.Identifiers, raw: Raw) -> Iterator[Move]:
    if old and new and not set(new) <= set(old):
        yield Move(id_, old, new, unix_time(raw), {"message": raw})
