"""Browsers that collect without a connection: their keys, and the codes they hold in stock."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.db import transaction

from optins import audit, roles
from optins.consent import requests, texts, wording
from optins.models import (
    AuditEntry,
    CaptureChannel,
    ConsentRequest,
    DeskCapture,
    Device,
    NoticeTranslation,
    Organisation,
)
from optins.pages import look

STOCK = 20
MOST_IN_STOCK = 200  # of one device: whoever loses its stock gets a new one, a few times
RESERVED_FOR = timedelta(days=14)
_HALF = 32  # bytes: a P-256 signature is two numbers of this length


class DeviceError(ValueError):
    """What the device sent cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """One code for later. ``qr``: an SVG that opens WhatsApp with it."""

    code: str
    qr: str


def register(user: Any, organisation: Organisation, public_key: str, name: str) -> Device:
    """Raises DeviceError for a key that is not of P-256."""
    _key(public_key)
    device = Device.objects.create(
        organisation=organisation, user=user, public_key=public_key, name=name[:80] or "Browser"
    )
    audit.note(user, organisation, AuditEntry.Action.CHANGED, device, detail={"added": "device"})
    return device


def _key(public_key: str) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        raise DeviceError("This is no public key.") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise DeviceError("The key must be of P-256.")
    return key


def has_signed(device: Device, text: str, signature: str) -> bool:
    """Whether this device signed exactly this (ECDSA, SHA-256; as browsers give it, in base64)."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (ValueError, binascii.Error):
        return False
    if len(raw) != 2 * _HALF:
        return False
    first, second = int.from_bytes(raw[:_HALF]), int.from_bytes(raw[_HALF:])
    try:
        _key(device.public_key).verify(
            encode_dss_signature(first, second), text.encode(), ec.ECDSA(hashes.SHA256())
        )
    except InvalidSignature:
        return False
    return True


def in_force(user: Any, uuid: str) -> Device:
    """The device, as long as it and whoever registered it may capture. Raises DeviceError."""
    rows = Device.objects.visible_to(user).filter(organisation__in=roles.reach(user, "capture"))
    try:
        device = rows.select_related("organisation", "user").filter(uuid=UUID(uuid)).first()
    except ValueError as error:
        raise DeviceError("This is no device.") from error
    if device is None:
        raise DeviceError("This device is not known.")
    if device.revoked_at or not roles.may(device.user, "capture", device.organisation):
        raise DeviceError("This device was revoked.")
    return device


@transaction.atomic
def reserve(device: Device, channel: CaptureChannel, wanted: int, now: datetime) -> list[Reserved]:
    """New codes for the stock: requests with nothing chosen yet. Raises DeviceError, NoWording."""
    if channel.organisation_id != device.organisation_id:
        raise DeviceError("This channel is of another organisation.")
    held = DeskCapture.objects.filter(device=device, captured_at=None, request__expires_at__gt=now).count()
    count = min(wanted, STOCK, MOST_IN_STOCK - held)
    shown = wording.translation(channel.notice, "")
    return [_reserve(device, channel, shown, now) for _ in range(count)]


def _reserve(device: Device, channel: CaptureChannel, shown: NoticeTranslation, now: datetime) -> Reserved:
    opened = requests.open_request(channel, shown, [], now=now, page="stock")
    rows = ConsentRequest.objects.filter(pk=opened.request.pk)
    rows.update(expires_at=now + RESERVED_FOR)
    DeskCapture.objects.create(request=opened.request, user=device.user, device=device)
    words = f"{yes_in(shown.language)} {opened.code}"
    return Reserved(opened.code, look.qr_element(requests.wa_link(channel, words)))


def yes_in(language: str) -> str:
    return texts.text("keys_yes", language).upper()
