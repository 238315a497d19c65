"""How the sandbox's things look as JSON to tests and to the phone."""

import time

from sandbox.exchange import Json
from sandbox.people import PRESETS, Contact
from sandbox.state import State

SHOWN_DELIVERIES = 8


def contact_json(state: State, contact: Contact) -> Json:
    return {
        "id": contact.id,
        "bsuid": contact.bsuid,
        "name": contact.name,
        "fields": state.fields_of(contact),
        "generation": contact.generation,
        "window_expires_at": contact.window_expires_at,
        "window_open": contact.window_is_open(time.time()),
        "claim": contact.claim,
    }


def people_json(state: State) -> Json:
    """Whom the phone can be, ready people first, then everybody who has written."""
    ready = {person["id"] for person in PRESETS}
    others = [
        {"id": contact.id, "name": contact.name, "label": f"+{contact.id}"}
        for contact in state.contacts.values()
        if contact.id not in ready and contact.last_inbound_at is not None
    ]
    return {
        "organisation": state.settings.organisation,
        "number": state.number,
        "people": [*PRESETS, *others],
    }


def phone_json(state: State, contact_id: str) -> Json:
    """One person's phone: the thread, what the sender holds, and the latest webhooks."""
    contact = state.find_contact(contact_id)
    key = contact.id if contact else contact_id
    deliveries = [d.as_json() for d in state.deliveries if d.contact == key]
    return {
        "contact": contact_json(state, contact) if contact else None,
        "messages": [m.as_json() for m in state.messages.values() if m.contact == key],
        "deliveries": deliveries[-SHOWN_DELIVERIES:],
        "hook": bool(state.hook.url),
    }
