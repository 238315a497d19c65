"""The receipt: what somebody chose, to whom, when and in which words, signed to be shown around."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import uuid4

from optins.consent import digests, dpv, signing
from optins.consent.choices import Choice, choices_of
from optins.models import ConsentEvent, Contact

_VERSION = b"sayso-receipt-1\n"


def receipt(contact: Contact, language: str, now: datetime) -> dict[str, Any]:
    """The receipt of all that stands now, as JSON-LD: one record for each purpose, and no number."""
    events = acts_of(contact)
    identifier = str(uuid4())
    records = [
        dpv.record(contact, choice, bearing_on(choice, events), language)
        for choice in choices_of(contact, now)
    ]
    return dpv.document(
        {
            "@id": f"urn:uuid:{identifier}",
            "@type": "dpv:ConsentReceipt",
            "dct:identifier": identifier,
            "dct:conformsTo": dpv.iri(dpv.RECEIPT),
            "dct:created": dpv.moment(now),
            "dct:language": language,
            "dct:publisher": dpv.iri(f"urn:sayso:organisation:{contact.organisation.slug}"),
            "dpv:hasRecordOfActivity": records,
        }
    )


def acts_of(contact: Contact) -> list[ConsentEvent]:
    """Every act of a contact, in the order in which they happened, with what tells of it."""
    rows = ConsentEvent.objects.filter(contact=contact).order_by("occurred_at", "recorded_at", "id")
    return list(
        rows.select_related(
            "purpose", "channel", "placement", "request__channel", "translation__version__notice"
        )
    )


def bearing_on(choice: Choice, events: Iterable[ConsentEvent]) -> list[ConsentEvent]:
    """The acts that are about this purpose, or about everything."""
    return [event for event in events if event.purpose_id in (choice.purpose.pk, None)]


def signed(content: dict[str, Any]) -> dict[str, Any]:
    """The content, with an Ed25519 signature over its ``signed_bytes`` by a key that signs heads."""
    key_id = signing.newest_key_id()
    return {
        "receipt": content,
        "signature": {
            "algorithm": "Ed25519",
            "key_id": key_id,
            "public_key": signing.public_hex(key_id),
            "value": signing.sign(signed_bytes(content), key_id),
        },
    }


def signed_bytes(content: dict[str, Any]) -> bytes:
    """``sayso-receipt-1``, a line's end, and canonical JSON: sorted names, no spaces, UTF-8."""
    return _VERSION + digests.canonical(content).encode()
