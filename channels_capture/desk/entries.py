"""What a device captured without a connection: read, checked, and put into the request of its code.

An entry counts once, however often it comes. A code that arrived by WhatsApp before it is taken up then.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from channels_capture import intake, placements
from channels_capture.desk import capturing, devices, form, staff
from channels_capture.desk.written import Entry, Refused, parse
from optins.consent import ages, desk, numbers, requests, suppressions
from optins.consent.signal import SignalError, phone
from optins.models import (
    CaptureChannel,
    ConsentRequest,
    DeskCapture,
    Device,
    InboundDelivery,
    InboundMessage,
    NoticeTranslation,
    Purpose,
)


def take(device: Device, text: str, signature: str, ahead: timedelta, now: datetime) -> None:
    """Record one entry, or find that it is on record. Raises Refused. ``ahead``: the device's clock, by ours.

    Two transactions: the second can be done again, and the device sends what it heard no answer to again.
    """
    if not devices.has_signed(device, text, signature):
        raise Refused("The signature is not this device's.")
    entry = parse(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    try:
        row, waiting = _settle(device, entry, digest, ahead, now)
        capturing.report(row, now)
    except IntegrityError as error:
        raise Refused("An entry with this id is on record, with another code.") from error
    except SignalError as error:
        _process(_drop(device, entry, now), now)
        raise Refused(str(error)) from error
    _process(waiting, now)


def _process(deliveries: list[InboundDelivery], now: datetime) -> None:
    for delivery in deliveries:
        intake.process(delivery, now)


@transaction.atomic
def _settle(
    device: Device, entry: Entry, digest: str, ahead: timedelta, now: datetime
) -> tuple[DeskCapture, list[InboundDelivery]]:
    """Write into the reserved request what was chosen; the messages that waited for it are due again."""
    row = _reserved(device, entry)
    if row.captured_at:
        if row.digest != digest:
            raise Refused("This code was used before, for something else.")
        return row, []
    channel = _channel(device, entry, row)
    chosen = _purposes(channel, entry)
    early = list(row.early.all())
    captured_at = _captured_at(row, entry, early, ahead, now)
    if captured_at > row.request.expires_at:
        raise Refused("This code had been kept for too long when it was used.")
    number = _number(channel, entry, chosen)
    if number:
        suppressions.refuse_older(suppressions.met(device.organisation, phone(number)), captured_at)
    row.uuid, row.digest, row.captured_at = entry.id, digest, captured_at
    row.noted = _noted(channel, entry)
    row.save(update_fields=["uuid", "digest", "captured_at", "noted"])
    _choose(row, channel, entry, chosen, number)
    return row, desk.due_again(early, now)


@transaction.atomic
def _drop(device: Device, entry: Entry, now: datetime) -> list[InboundDelivery]:
    """Leave nothing of an entry that cannot be recorded, and let its code be good no more.

    The messages that waited for it are due again: whoever sent the code is asked.
    """
    row = _reserved(device, entry)
    row.digest, row.captured_at, row.noted = "", None, {}
    row.save(update_fields=["digest", "captured_at", "noted"])
    ConsentRequest.objects.filter(pk=row.request_id).update(typed_number="", expires_at=now)
    return desk.due_again(list(row.early.all()), now)


def _reserved(device: Device, entry: Entry) -> DeskCapture:
    digest = requests.code_digest(device.organisation, entry.code) if entry.code else ""
    rows = DeskCapture.objects.select_for_update(of=("self",)).filter(device=device)
    row = rows.select_related("request__channel", "request__organisation", "user")
    found = row.filter(request__code_digest=digest).first() if digest else None
    if found is None:
        raise Refused(
            "This code is not of this device's stock, or it was removed 30 days after it had expired."
        )
    return found


def _channel(device: Device, entry: Entry, row: DeskCapture) -> CaptureChannel:
    channel = row.request.channel
    if channel.slug != entry.channel:
        raise Refused("This code was kept for another channel.")
    return channel


def _purposes(channel: CaptureChannel, entry: Entry) -> list[Purpose]:
    chosen = [purpose for purpose in channel.purposes.all() if purpose.key in entry.purposes]
    if not chosen or len(chosen) < len(set(entry.purposes)):
        raise Refused("Nothing was ticked, or something that this channel does not ask about.")
    return chosen


def _captured_at(
    row: DeskCapture, entry: Entry, early: list[InboundMessage], ahead: timedelta, now: datetime
) -> datetime:
    """When the person was asked: by the device's clock set right, and never after they answered.

    Not before the code was made either. In whole seconds, as the times of messages are.
    """
    told = min([entry.captured_at - ahead, now, *(message.occurred_at for message in early)])
    return max(told, row.request.asked_at).replace(microsecond=0)


def _noted(channel: CaptureChannel, entry: Entry) -> dict[str, Any]:
    kind = staff.desk_of(channel)
    noted = form.noted_of(entry.noted, placements.of(channel, entry.source), kind)
    if not noted:
        raise Refused(f"The {kind.noted} is missing.")
    return {kind.noted: noted}


def _choose(
    row: DeskCapture, channel: CaptureChannel, entry: Entry, chosen: list[Purpose], number: str
) -> None:
    request, shown = row.request, _shown(channel, entry)
    assert row.captured_at  # noqa: S101  it was set just now
    request.placement = placements.of(channel, entry.source)
    request.translation, request.language, request.shown = shown, shown.language, shown.content_hash
    request.asked_at, request.expires_at = row.captured_at, row.captured_at + requests.CODE_LIFE
    request.own_age = ages.to_say(channel.organisation, chosen)
    request.typed_number = number
    request.save()
    request.purposes.set(chosen)


def _shown(channel: CaptureChannel, entry: Entry) -> NoticeTranslation:
    """What was read out: published then, and perhaps replaced since."""
    rows = NoticeTranslation.objects.filter(
        version__notice=channel.notice_id, version__published_at__isnull=False, language=entry.language
    )
    shown = rows.filter(content_hash=entry.version).order_by("-version__number").first()
    if shown is None:
        raise Refused("The wording that was read out was never published.")
    return shown


def _number(channel: CaptureChannel, entry: Entry, chosen: list[Purpose]) -> str:
    required = channel.ask_number == CaptureChannel.AskNumber.REQUIRED
    if channel.ask_number == CaptureChannel.AskNumber.NEVER or not (entry.number or required):
        return ""
    try:
        number = numbers.canonical(numbers.read(entry.number, channel.organisation.country))
    except numbers.NumberError as error:
        raise Refused(str(error)) from error
    if problem := form.problem_with(channel, number, tuple(chosen)):
        raise Refused(problem)
    return number
