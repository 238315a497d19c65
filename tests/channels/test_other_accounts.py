"""Meta sends the webhooks of all numbers, or pages, of an app to one address; of others nothing counts."""

import json

import pytest
from django.utils import timezone

from channels_capture.messenger_bot.tests.bots import PAGE, PERSON
from optins.models import CaptureChannel, Contact, InboundDelivery, OutboundMessage, Sender, SessionWindow
from tests.channels.recordings import BODIES, signed
from tests.channels.writing import channel_of
from tests.clinic import SIPHO, THANDI, contact_of, message_of

pytestmark = pytest.mark.once

OURS, OTHER = "106540350000001", "106540350000002"
OTHERS_NUMBER = "15550002222"


@pytest.fixture(params=["whatsapp_cloud", "dialog360"])
def cloud(request, clinic):
    """A channel over the Cloud API, or what passes it on, whose number's id is noted."""
    Sender.objects.filter(pk=clinic.sender.pk).update(platform=request.param, account=OURS)
    return channel_of(clinic, "whatsapp_thread", request.param)


def change(account, text="STOP", *, person=THANDI, number=OTHERS_NUMBER, **value):
    message = message_of(text, person=person, at=timezone.now())
    metadata = {"display_phone_number": number, "phone_number_id": account}
    value = {"metadata": metadata, "contacts": [contact_of(person, "")], "messages": [message]} | value
    return {"field": "messages", "value": value}


def deliver(clinic, channel, *changes):
    entries = [{"id": "102290120000001", "changes": [each]} for each in changes]
    post(clinic, channel, {"object": "whatsapp_business_account", "entry": entries})


def post(clinic, channel, envelope):
    answer = signed(channel, json.dumps(envelope).encode(), BODIES[".json"], {}).send(clinic.client)
    assert answer.status_code == 200


def left_out(channel):
    return CaptureChannel.objects.get(pk=channel.pk).elsewhere_count


def nothing_is_kept_of(person):
    return not any(person.encode() in bytes(row.body) for row in InboundDelivery.objects.all())


def test_a_message_to_another_number_of_the_app_counts_for_nothing_and_nothing_of_it_is_kept(clinic, cloud):
    deliver(clinic, cloud, change(OTHER, clinic.choose("appointment-reminders")), change(OTHER, "START"))
    assert clinic.events() == []
    for table in (Contact, SessionWindow, OutboundMessage):
        assert not table.objects.exists()
    assert nothing_is_kept_of(THANDI)
    assert not InboundDelivery.objects.exclude(state="done").exists()
    assert left_out(cloud) == 2


def test_of_a_webhook_with_messages_to_several_numbers_ours_are_taken_and_nothing_else_is_kept(clinic, cloud):
    deliver(clinic, cloud, change(OTHER, person=SIPHO), change(OURS), change(OTHER, "hi", person=SIPHO))
    assert clinic.events() == [("withdrawn", None, True)]
    assert set(Contact.objects.values_list("identifiers__value", flat=True)) == {THANDI, f"+{THANDI}"}
    assert nothing_is_kept_of(SIPHO)
    assert not nothing_is_kept_of(THANDI)
    assert left_out(cloud) == 2


def test_what_is_reported_of_somebody_at_another_number_says_nothing_of_ours(clinic, cloud):
    clinic.write(clinic.choose("health-tips"))
    switch = {"wa_id": THANDI, "category": "marketing_messages", "value": "stop"}
    refused = {"id": "wamid.x", "status": "failed", "recipient_id": THANDI, "errors": [{"code": 131050}]}
    reports = ({"user_preferences": [switch]}, {"statuses": [refused]})
    deliver(clinic, cloud, *(change(OTHER, **value, messages=[]) for value in reports))
    assert clinic.gate("health-tips")["decision"] == "allow"
    deliver(clinic, cloud, *(change(OURS, **value, messages=[]) for value in reports))
    assert clinic.gate("health-tips")["reason"] == "marketing_stopped"


def test_our_own_number_is_ours_also_under_another_id_or_none(clinic, cloud):
    deliver(clinic, cloud, change(OTHER, number="+27 82 000 0900"))
    deliver(clinic, cloud, {"value": {"messages": [message_of("STOP", person=SIPHO, at=timezone.now())]}})
    assert clinic.events() == [("withdrawn", None, True)] * 2
    assert left_out(cloud) == 0


def test_where_no_account_is_noted_all_is_taken_and_the_channels_page_says_so(clinic, cloud, manager):
    Sender.objects.filter(pk=clinic.sender.pk).update(account="")
    deliver(clinic, cloud, change(OTHER))
    assert clinic.events() == [("withdrawn", None, True)]
    page = f"/admin/optins/capturechannel/{cloud.pk}/change/"
    told = "Messages to any number of the same app count here"
    assert told in manager.get(page).content.decode()
    Sender.objects.filter(pk=clinic.sender.pk).update(account=OURS)
    deliver(clinic, cloud, change(OTHER))
    shown = manager.get(page).content.decode()
    assert told not in shown
    assert "What came to another number, of which nothing was kept: 1 so far" in shown


def test_a_message_to_another_page_of_the_app_counts_for_nothing(clinic):
    channel = channel_of(clinic, "messenger_bot", "messenger")

    def write(page):
        said = {"sender": {"id": PERSON["messenger"]}, "recipient": {"id": page}, "message": {"text": "STOP"}}
        post(clinic, channel, {"object": "page", "entry": [{"id": page, "messaging": [said]}]})

    write("100000000000002")
    assert (clinic.events(), left_out(channel)) == ([], 1)
    assert nothing_is_kept_of(PERSON["messenger"])
    write(PAGE)
    assert clinic.events() == [("withdrawn", None, True)]


@pytest.mark.parametrize(
    "body", [b"", b"not json", b"[]", b'{"entry": 5}', b'{"entry": [{"changes": "no"}]}']
)
def test_what_cannot_be_read_is_kept_as_it_came(clinic, cloud, body):
    assert signed(cloud, body, BODIES[".json"], {}).send(clinic.client).status_code == 200
    assert bytes(InboundDelivery.objects.get().body) == body
