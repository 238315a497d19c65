"""Carrying out a capture: a request with its code, what staff noted, of a typed number a reported yes."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from channels_capture.desk.form import Filled
from channels_capture.desk.tokens import Rendered
from optins.consent import ages, desk, form_files, requests
from optins.consent.recording import Recorded, record
from optins.consent.requests import Opened
from optins.consent.signal import ConsentSignal, phone
from optins.models import CaptureChannel, ConsentEvent, DeskCapture


class CapturedBefore(ValueError):
    """The same page was sent before."""


@dataclass(frozen=True, slots=True)
class Captured:
    """The code to hand over; ``recorded`` is the reported yes of a typed number."""

    opened: Opened
    recorded: Recorded | None


@transaction.atomic
def capture(
    channel: CaptureChannel,
    rendered: Rendered,
    filled: Filled,
    noted: dict[str, Any],
    user_id: int,
    now: datetime,
) -> Captured:
    """Everything in one transaction. Raises CapturedBefore."""
    opened = requests.open_request(
        channel,
        rendered.translation,
        list(filled.purposes),
        now=now,
        typed_number=filled.number,
        placement=filled.placement,
        page=rendered.translation.content_hash,
        own_age=ages.to_say(channel.organisation, filled.purposes),
    )
    row = _note(opened, rendered.uuid, noted, user_id, now)
    if filled.file:
        form_files.attach(opened.request, filled.file)
    return Captured(opened, report(row, now))


def _note(opened: Opened, key: uuid.UUID, noted: dict[str, Any], user_id: int, now: datetime) -> DeskCapture:
    try:
        with transaction.atomic():
            return DeskCapture.objects.create(
                request=opened.request, uuid=key, user_id=user_id, noted=noted, captured_at=now
            )
    except IntegrityError as error:
        raise CapturedBefore from error


def report(row: DeskCapture, now: datetime) -> Recorded | None:
    """What staff say that somebody said: without proof, and of nobody where no number was typed."""
    request = row.request
    if not request.typed_number or row.captured_at is None:
        return None
    signal = ConsentSignal(
        organisation=request.organisation,
        identifiers=phone(request.typed_number),
        kind=ConsentEvent.Kind.GIVEN,
        purposes=tuple(request.purposes.all()),
        actor=ConsentEvent.Actor.PERSON,
        actor_reference=f"user:{row.user_id}",
        door=ConsentEvent.Door.DESK,
        connection=f"desk:{request.channel.public_id}",
        id=str(row.uuid),
        channel=request.channel,
        placement=request.placement,
        request=request,
        translation=request.translation,
        language=request.language,
        occurred_at=row.captured_at,
        asked_at=request.asked_at,
        received_at=now,
        evidence=desk.evidence_of(row),
    )
    return record(signal, now=now)
