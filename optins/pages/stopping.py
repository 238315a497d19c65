"""Stopping on the own page: it works at once, without signing in, and a second click is the same act."""

from datetime import datetime
from uuid import UUID, uuid4

from django.core import signing
from django.db import transaction

from optins import tasks
from optins.consent import withdrawals
from optins.consent.recording import Recorded
from optins.models import ConsentEvent, Contact, Purpose


def form_token(contact: Contact) -> str:
    """A new form's id, signed for this contact's page."""
    return _signer(contact).sign(uuid4().hex)


def form_id(token: str, contact: Contact) -> str:
    """The id in it, however old: no stop is refused for its age. Empty where it is not this page's."""
    try:
        return str(UUID(_signer(contact).unsign(token)))
    except (signing.BadSignature, ValueError):
        return ""


def _signer(contact: Contact) -> signing.Signer:
    return signing.Signer(salt=f"sayso.own-form.{contact.uuid}")


@transaction.atomic
def stop(
    contact: Contact, purposes: tuple[Purpose, ...], form: str, language: str, now: datetime, address: str
) -> Recorded:
    """Record it through the one door. No purposes: everything. ``address``: as far as it may be kept."""
    recorded = withdrawals.withdraw(
        contact,
        purposes,
        now,
        # Whoever has the link, which came in the person's own chat. It proves no number.
        actor=ConsentEvent.Actor.PERSON,
        door=ConsentEvent.Door.WEB,
        connection=f"own-page:{contact.uuid}",
        id=form,
        language=language,
        evidence={"page": "own page", "form": form, "language": language},
        address=address,
    )
    if recorded.is_new:
        transaction.on_commit(tasks.nudge)
    return recorded
