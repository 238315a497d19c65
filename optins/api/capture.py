"""Carrying out what the consents API was asked for: a translation into signals, and nothing more."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.exceptions import ValidationError

from optins.consent import asking, gate, identity, requests, wording
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal, Identifier, SignalError, phone
from optins.models import ApiKey, CaptureChannel, ConsentEvent, ConsentRecord, Contact, Organisation, Purpose

_SAID_NO = "They said no, and by law an organisation asks only once. They can send START themselves."
KINDS = {
    "give": ConsentEvent.Kind.GIVEN,
    "refuse": ConsentEvent.Kind.REFUSED,
    "withdraw": ConsentEvent.Kind.WITHDRAWN,
}


def carry_out(key: ApiKey, signal_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Do it in the caller's transaction; returns the answer's body."""
    now = timezone.now()
    identifiers = _identifiers(values)
    opened = _request(key.organisation, values, identifiers, now)
    events: tuple[ConsentEvent, ...] = ()
    if values["action"] in KINDS:
        try:
            events = record(_signal(key, signal_id, values, identifiers, now, opened), now=now).events
        except SignalError as error:
            raise ValidationError({error.field: [str(error)]}) from error
    return {
        "events": [str(event.pk) for event in events],
        "records": list(_records(key, values, identifiers, now)),
        "request": {"code": opened.code, "wa_link": opened.wa_link} if opened else None,
    }


def _identifiers(values: dict[str, Any]) -> tuple[Identifier, ...]:
    if "phone" in values:
        return phone(values["phone"])
    channel: CaptureChannel = values["channel"]
    scope = channel.sender.bsuid_scope if channel.sender else ""
    return (Identifier("wa_bsuid", values["bsuid"], scope),) if "bsuid" in values else ()


def _request(
    organisation: Organisation, values: dict[str, Any], identifiers: tuple[Identifier, ...], now: datetime
) -> requests.Opened | None:
    """A code to send: for a request always, for a grant where a purpose has to be confirmed."""
    channel: CaptureChannel = values["channel"]
    if values["action"] not in {"request", "give"} or channel.sender is None:
        return None
    purposes = asking.may_ask(organisation, values["purposes"], identifiers)
    if values["action"] == "request" and values["purposes"] and not purposes:
        raise ValidationError({"purposes": [_SAID_NO]})
    if values["action"] == "give":
        purposes = [p for p in purposes if asking.needs_proof(organisation, p, identifiers)]
    if not purposes:
        return None
    try:
        shown = values["translation"] or wording.translation(channel.notice, values["language"])
    except wording.NoWording as error:
        raise ValidationError({"channel": [str(error)]}) from error
    return requests.open_request(
        channel, shown, purposes, now=now, typed_number=values.get("phone", ""), page="api"
    )


def _signal(
    key: ApiKey,
    signal_id: str,
    values: dict[str, Any],
    identifiers: tuple[Identifier, ...],
    now: datetime,
    opened: requests.Opened | None,
) -> ConsentSignal:
    kind = KINDS[values["action"]]
    is_grant = kind == ConsentEvent.Kind.GIVEN
    return ConsentSignal(
        organisation=key.organisation,
        identifiers=identifiers,
        kind=kind,
        purposes=values["purposes"],
        actor=ConsentEvent.Actor.PERSON,
        actor_reference=f"api_key:{key.pk}",
        door=ConsentEvent.Door.API,
        connection=f"api_key:{key.pk}",
        id=signal_id,
        channel=values["channel"],
        # Its code confirms the grant, or, sent from another number, takes it back.
        request=opened.request if opened else None,
        translation=values["translation"],
        language=values["language"],
        occurred_at=values["occurred_at"],
        received_at=now,
        not_before=None if is_grant or values["has_own_time"] else _last_yes(key, identifiers),
        reason="" if is_grant else ConsentEvent.Reason.REQUESTED,
        evidence=values["evidence"],
    )


def _last_yes(key: ApiKey, identifiers: tuple[Identifier, ...]) -> datetime | None:
    return identity.last_yes_of(identity.find(key.organisation, identifiers))


def _records(
    key: ApiKey, values: dict[str, Any], identifiers: tuple[Identifier, ...], now: datetime
) -> Iterable[dict[str, str]]:
    """Where each purpose stands now, with the gate's own reason."""
    contacts = identity.find(key.organisation, identifiers)
    for purpose in values["purposes"] or Purpose.objects.filter(organisation=key.organisation):
        status, reason = "none", gate.Reason.UNKNOWN_CONTACT
        if contacts:
            status = status_of(contacts[0], purpose)
            reason = gate.reason_for(contacts[0], values["channel"].sender, purpose, now)
        elif identifiers:
            reason = gate.unknown(key.organisation, identifiers, purpose)
        yield {"purpose": purpose.key, "status": status, "reason": str(reason)}


def status_of(contact: Contact, purpose: Purpose) -> str:
    """none, given, refused, withdrawn, invalidated or erased."""
    record_ = ConsentRecord.objects.filter(contact=contact, purpose=purpose).select_related("stop").first()
    stop = record_.stop if record_ else gate.last_stop_of_everything(contact)
    if record_ and record_.grant_id:
        return str(ConsentEvent.Kind.GIVEN)
    return stop.kind if stop else "none"
