"""The link to a person's own page: it names the contact, holds no number, and works for a while."""

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from optins.models import Contact

LIFE = timedelta(days=180)
# A dot and nothing else that a chat could take for the end of an address.
_SIGNER = signing.Signer(salt="sayso.own-page", sep=".")
_NAME = 22  # characters of a uuid in base64
_ADDRESS = re.compile(r"/m/[\w.-]+/")


@dataclass(frozen=True, slots=True)
class Link:
    """Whose page a token opens, and until when."""

    contact: Contact
    until: datetime


def make(contact: Contact, now: datetime) -> str:
    """A new token, good for LIFE from now."""
    name = base64.urlsafe_b64encode(contact.uuid.bytes).decode().rstrip("=")
    return _SIGNER.sign(f"{name}{signing.b62_encode(int(now.timestamp()))}")


def address(contact: Contact, now: datetime) -> str:
    """The whole address of the contact's own page, for a message."""
    return f"{settings.PUBLIC_URL}{reverse('own_page', args=[make(contact, now)])}"


def hidden(text: str) -> str:
    """A message without the key in it: the link is the person's alone, also where staff read it."""
    return _ADDRESS.sub("/m/…/", text)


def read(token: str, now: datetime) -> Link | None:
    """Whose it is. None alike for a token that is forged or too old, and for whoever is gone or erased."""
    try:
        value = _SIGNER.unsign(token)
        uuid = UUID(bytes=base64.urlsafe_b64decode(f"{value[:_NAME]}=="))
        made_at = datetime.fromtimestamp(signing.b62_decode(value[_NAME:]), UTC)
    except (signing.BadSignature, binascii.Error, ValueError, OverflowError, OSError):
        return None
    until = made_at + LIFE
    if not made_at <= now + timedelta(minutes=1) or now >= until:
        return None
    rows = Contact.objects.filter(uuid=uuid, erased_at=None, organisation__closed_at=None)
    contact = rows.select_related("organisation").first()
    return Link(contact, until) if contact else None
