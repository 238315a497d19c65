"""Fixtures: a person of whom something is kept wherever something can be kept."""

import base64
import json
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from optins import erasing
from optins.consent.erasure import By
from optins.imports import batches
from optins.models import (
    CaptureChannel,
    Contact,
    InboundDelivery,
    LegalHold,
    Organisation,
    OutboundMessage,
    ReviewItem,
    SenderContact,
    User,
)
from tests.clinic import BSUID, SIPHO, THANDI, contact_of, message_of

STAFF = By(actor="staff", door="admin", reference="user:1")


@pytest.fixture(autouse=True)
def _full_addresses(request):
    """Addresses are kept whole here, so that there is one to be removed."""
    if "clinic" in request.fixturenames or "live_clinic" in request.fixturenames:
        fixture = "clinic" if "clinic" in request.fixturenames else "live_clinic"
        request.getfixturevalue(fixture)
        Organisation.objects.update(ip_policy="full")


def erase(contact, *, now=None):
    erasing.erase(contact, STAFF, now=now or timezone.now())
    contact.refresh_from_db()


def told(*, at=None):
    """Each sender has been told what it should hold."""
    now = at or timezone.now()
    for row in SenderContact.objects.all():
        SenderContact.objects.filter(pk=row.pk).update(
            pushed=row.desired, pushed_version=row.version, pushed_at=now, unsettled_version=None
        )


def person(digits=THANDI):
    return Contact.objects.get(identifiers__scheme="phone", identifiers__value=f"+{digits}")


def fill(clinic, digits=THANDI, *, local="082 000 0101", bsuid=BSUID):
    """Thandi, everywhere: page, chat, API, import, review, logs. Returns her contact."""
    hidden = base64.b64encode(f"\x18\x0b{digits}\x15\x02".encode()).decode()
    clinic.write(clinic.choose(*clinic.purposes, number=local), person=digits, id=f"wamid.HBgL{hidden}")
    clinic.choose("health-tips", number=local)  # typed once more, and never sent
    clinic.write("What is this?", person=digits, bsuid=bsuid)
    clinic.write(f"Please write to my friend +{digits}", person=SIPHO)
    for key, action in (("one", "give"), ("two", "request")):
        body = {"phone": local.replace(" ", ""), "channel": "riverside-web", "purposes": "all"}
        answer = clinic.api(
            "consents", body | {"phone": f"+{digits}", "action": action}, **{"Idempotency-Key": key}
        )
        assert answer.status_code == 201, answer.content
    contact = person(digits)
    Contact.objects.filter(pk=contact.pk).update(country="ZA", age_band="adult")
    _waiting_delivery(clinic, digits)
    _imports(clinic, digits, local)
    _logs(digits)
    other = Contact.objects.create(organisation=clinic.organisation)
    ReviewItem.objects.create(organisation=clinic.organisation, kind="link", contact=contact, other=other)
    _tell_of(clinic, local)
    OutboundMessage.objects.update(vendor_id=f"wamid.HBgL{hidden}")
    return contact


def _tell_of(clinic, local):
    """Somebody else's act has evidence that names her."""
    body = {"phone": f"+{SIPHO}", "channel": "riverside-web", "action": "withdraw", "purposes": "all"}
    answer = clinic.api("consents", body | {"evidence": {"note": f"told by his wife, {local}"}})
    assert answer.status_code == 201, answer.content


def _waiting_delivery(clinic, digits):
    """Hers and somebody else's in one webhook that could not be processed yet."""
    now = timezone.now()
    known = {digits: "Thandi M", "27820000303": "Lindiwe"}
    envelope = {
        "contacts": [contact_of(each, "") | {"profile": {"name": name}} for each, name in known.items()],
        "messages": [message_of("STOP", person=each, at=now, id=f"waiting-{each}") for each in known],
    }
    InboundDelivery.objects.create(
        channel=clinic.thread, body=json.dumps(envelope).encode(), headers={"X-Whatsapp-Id": digits},
        received_at=now, next_attempt_at=now - timedelta(hours=1),
    )  # fmt: skip


def _imports(clinic, digits, local):
    brought = {"channel": CaptureChannel.objects.get(slug="riverside-web"), "now": timezone.now()}
    lines = [
        "phone,status,occurred_at,name",
        f"{local},withdrawn,2026-01-05,Thandi M",
        "0820000404,withdrawn,2026-01-05,Zola",
        f'"+{digits}",withdrawn,2026-01-06,"Thandi\nM"',
    ]
    content = "\n".join(lines).encode()
    for state in ("draft", "done"):
        batch = batches.upload(content=content, file_name=f"{digits}.csv", operator="somebody", **brought)
        batch.attestation = f"Agreed by telephone, also {local}"
        batch = batches.preview(batch, batch.mapping, brought["now"])
        type(batch).objects.filter(pk=batch.pk).update(
            state=state, attestation=f"With {local}.", finished_at=brought["now"]
        )


def _logs(digits):
    user = User.objects.get(username="owner")
    LogEntry.objects.create(
        user=user, content_type=ContentType.objects.get_for_model(User), object_id="1",
        object_repr=f"Import of {digits}", action_flag=CHANGE, change_message="",
    )  # fmt: skip
    AccessAttempt.objects.create(
        username=f"+{digits}", ip_address="192.0.2.1", get_data="", post_data="", failures_since_start=1
    )
    session = SessionStore()
    session["looked_up"] = f"+{digits}"
    session.create()


def hold(contact):
    """A legal hold in force."""
    now, users = timezone.now(), User.objects.order_by("pk")
    return LegalHold.objects.create(
        organisation=contact.organisation,
        contact=contact,
        reason="Case 14/2026",
        placed_by=users[0],
        placed_at=now,
        approved_by=users[1],
        approved_at=now,
    )
