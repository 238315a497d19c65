"""Turn.io's fallback channel: an SMS in a WhatsApp thread proves the number alone, and is not answered."""

import pytest
from django.utils import timezone

from optins.models import ContactIdentifier, Evidence, InboundDelivery, OutboundMessage, SessionWindow
from tests.clinic import BSUID, THANDI, contact_of, message_of

pytestmark = pytest.mark.once

SAID_BY = ("header", "message", "envelope")


def write(clinic, text, said_by="header"):
    """An SMS that came by the fallback channel, as the header or either place in the body says."""
    told = {"_vnd": {"v1": {"on_fallback_channel": True, "direction": "inbound"}}}
    message = message_of(text, person=THANDI, bsuid=BSUID, at=timezone.now())
    envelope = {"contacts": [contact_of(THANDI, "")], "messages": [message]}
    if said_by == "message":
        message |= told
    elif said_by == "envelope":
        envelope |= told
    headers = {"X-Turn-Event": "1", "X-Turn-Fallback-Channel": "1"} if said_by == "header" else {}
    assert clinic.deliver(envelope, **headers).status_code == 200


@pytest.mark.parametrize("said_by", SAID_BY)
def test_a_code_by_the_fallback_proves_the_number_alone_and_opens_no_window(clinic, said_by):
    write(clinic, clinic.choose("appointment-reminders"), said_by)
    assert clinic.events() == [("given", "appointment-reminders", True)]
    assert set(ContactIdentifier.objects.values_list("scheme", "value")) == {("phone", f"+{THANDI}")}
    assert "not that it is on WhatsApp" in Evidence.objects.get(part="act").payload["proves"]
    assert not SessionWindow.objects.exists()
    assert clinic.gate(form="free_form")["reason"] == "window_closed"
    assert not OutboundMessage.objects.exists()
    assert clinic.gate()["decision"] == "allow"


def test_a_stop_by_the_fallback_stops_whoever_agreed_on_whatsapp_and_leaves_their_window_as_it_was(clinic):
    clinic.write(clinic.choose("appointment-reminders"))
    opened, told = SessionWindow.objects.get().opened_at, OutboundMessage.objects.count()
    write(clinic, "STOP")
    assert clinic.gate()["reason"] == "withdrawn"
    assert SessionWindow.objects.get().opened_at == opened
    assert OutboundMessage.objects.count() == told


def test_what_became_of_a_message_by_the_fallback_says_nothing_of_whatsapp(clinic):
    clinic.write(clinic.choose("appointment-reminders"))
    since = timezone.now()
    ContactIdentifier.objects.update(failing_since=since)
    status = {"id": "1", "status": "delivered", "recipient_id": THANDI}
    status["timestamp"] = str(int(timezone.now().timestamp()) + 1)
    clinic.deliver({"statuses": [status]}, **{"X-Turn-Fallback-Channel": "1"})
    assert set(ContactIdentifier.objects.values_list("failing_since", flat=True)) == {since}


def test_the_worker_reads_the_fallback_as_the_request_does(clinic):
    write(clinic, "hello")
    assert InboundDelivery.objects.get().headers["X-Turn-Fallback-Channel"] == "1"


@pytest.mark.parametrize("said", ["0", "", "false"])
def test_a_message_that_did_not_come_by_the_fallback_is_one_on_whatsapp(clinic, said):
    clinic.write(clinic.choose("appointment-reminders"), headers={"X-Turn-Fallback-Channel": said})
    assert SessionWindow.objects.exists()
