"""What becomes of a person's request about their own data: open, who they are, decided, done or refused."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from optins.consent import numbers, response_days
from optins.models import Contact, ContactIdentifier, DataSubjectRequest, LegalHold

Kind, State = DataSubjectRequest.Kind, DataSubjectRequest.State
Check = DataSubjectRequest.IdentityCheck


class NotNow(Exception):
    """It cannot be done in this state, or not by this person; the message says why."""


def file(contact: Contact, kind: str, came_by: str, *, now: datetime, **values: Any) -> DataSubjectRequest:
    """A new request that came then. One of the same kind that is open is the same, since the earlier."""
    same = DataSubjectRequest.objects.filter(contact=contact, kind=kind, state=State.OPEN)
    days = response_days.of(kind, countries_of(contact))
    row, is_new = same.get_or_create(
        contact=contact,
        kind=kind,
        state=State.OPEN,
        defaults={
            "organisation": contact.organisation,
            "came_by": came_by,
            "received_at": now,
            "due_at": now + timedelta(days=days.days),
            "rule_pack": days.pack,
            **values,
        },
    )
    if not is_new:
        if now < row.received_at:
            values |= {"received_at": now, "due_at": now + timedelta(days=days.days), "rule_pack": days.pack}
        if values:
            same.filter(pk=row.pk).update(**values)
            row.refresh_from_db()
    return row


def countries_of(contact: Contact) -> set[str]:
    """Whose law may apply: the organisation's country, where they live, and that of their number."""
    phones = ContactIdentifier.objects.filter(contact=contact, scheme=ContactIdentifier.Scheme.PHONE)
    called = {numbers.country_of(value) for value in phones.values_list("value", flat=True)}
    return {contact.organisation.country, contact.country, *called} - {""}


@transaction.atomic
def check_identity(row: DataSubjectRequest, how: str, user: Any, now: datetime) -> DataSubjectRequest:
    """Note how it was seen that it is the person who asks. ``own_message`` is for the chat alone to say."""
    row = _held(row, State.OPEN)
    if how not in set(Check) - {Check.NONE, Check.OWN_MESSAGE}:
        raise NotNow("Say how you checked who they are.")
    row.identity_check, row.identity_checked_by, row.identity_checked_at = how, user, now
    row.save(update_fields=["identity_check", "identity_checked_by", "identity_checked_at"])
    return row


@transaction.atomic
def approve(row: DataSubjectRequest, user: Any, now: datetime) -> DataSubjectRequest:
    """Decide that it is carried out; ``user`` is None where the person's own message decided."""
    row = _held(row, State.OPEN)
    if not row.identity_check:
        raise NotNow("Check first who they are.")
    row.state, row.decided_by, row.decided_at = State.APPROVED, user, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    return row


@transaction.atomic
def refuse(row: DataSubjectRequest, reason: str, user: Any, now: datetime) -> DataSubjectRequest:
    """Decide that it is not, and why."""
    row = _held(row, State.OPEN)
    if reason not in set(DataSubjectRequest.Refusal) - {DataSubjectRequest.Refusal.NONE}:
        raise NotNow("Say why it is refused.")
    row.state, row.refusal, row.decided_by, row.decided_at = State.REFUSED, reason, user, now
    row.finished_at = now
    row.save(update_fields=["state", "refusal", "decided_by", "decided_at", "finished_at"])
    return row


@transaction.atomic
def close(row: DataSubjectRequest, now: datetime) -> DataSubjectRequest:
    """It has been carried out."""
    row = _held(row, State.APPROVED)
    row.state, row.finished_at = State.DONE, now
    row.save(update_fields=["state", "finished_at"])
    return row


def _held(row: DataSubjectRequest, state: str) -> DataSubjectRequest:
    """The request as it is now, held to the end of the transaction."""
    rows = DataSubjectRequest.objects.select_for_update(of=("self",))
    held = rows.select_related("contact__organisation").get(pk=row.pk)
    if held.state != state:
        raise NotNow(f"That cannot be done now. This request: {held.get_state_display().lower()}.")
    return held


# Holds


@transaction.atomic
def approve_hold(hold: LegalHold, user: Any, now: datetime) -> LegalHold:
    """The second person's yes: from here on nothing about the contact is removed. Not while it is erased."""
    contact = Contact.objects.select_for_update(no_key=True).get(pk=hold.contact_id)
    hold = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if hold.approved_at or hold.released_at:
        raise NotNow("Somebody has decided this in the meantime.")
    if hold.placed_by_id == user.pk:
        raise NotNow("Another person than the one who placed a hold approves it.")
    if contact.erased_at:
        raise NotNow("The person is erased: there is nothing left to hold.")
    hold.approved_by, hold.approved_at = user, now
    hold.save(update_fields=["approved_by", "approved_at"])
    return hold


@transaction.atomic
def release_hold(hold: LegalHold, user: Any, now: datetime) -> LegalHold:
    """Its end; of one that nobody has approved, the end of the proposal."""
    hold = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if hold.released_at:
        raise NotNow("It was released before.")
    hold.released_by, hold.released_at = user, now
    hold.save(update_fields=["released_by", "released_at"])
    return hold
