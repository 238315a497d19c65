"""What the operator sends: its notice, its address, and whatever may be wrong or missing."""

import pytest

from channels_capture.ussd.africastalking import AfricastalkingUssd
from channels_capture.ussd.tests.phones import (
    FIXTURES,
    NAMES,
    REMINDERS,
    YES,
    Phone,
    events,
    form_of,
    outcomes,
)
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    InboundDelivery,
)

pytestmark = pytest.mark.once


def test_the_operators_notice_records_what_we_could_not_and_says_if_it_showed_something_else(phone):
    phone.dial()
    phone.type("1")
    asked = phone.read_on()
    # Our answer to the yes never came about; the operator knows that it was pressed, and on which screen.
    assert phone.end(asked, f"{phone.typed}*{YES}") == "differs"
    assert events() == [("given", REMINDERS, True)]
    payload = ConsentEvent.objects.get().evidence.get(part="act").payload
    assert payload["message"]["lastAppResponse"] == asked == f"CON {payload['told']}"


def test_only_the_channels_own_secret_address_is_taken(phone):
    form = form_of("ussd_2_agree")
    key = phone.hook.rstrip("/").rpartition("/")[2]
    wrong = [key[:at] + ("A" if key[at] != "A" else "B") + key[at + 1 :] for at in range(len(key))]
    addresses = [phone.hook.replace(key, each) for each in wrong] + [phone.hook.replace(f"{key}/", "")]
    assert {phone.send(form, address).status_code for address in addresses} == {401}
    assert CaptureChannel.objects.get(pk=phone.channel.pk).refused_count == len(addresses)
    assert not InboundDelivery.objects.exists()


def test_a_hidden_number_leads_to_nothing(clinic):
    phone = Phone(clinic, number="MTN-7f3a")
    phone.dial()
    phone.type("1")
    phone.read_on()
    phone.type(YES)
    phone.read_on()
    assert phone.type(YES) == "END Nothing was changed."
    assert events() == []


def test_a_history_without_end_is_cut_and_answered(phone):
    phone.dial()
    assert phone.type("1*" * 50_000).startswith("CON ")
    assert events() == []


def test_each_recorded_request_is_answered_and_survives_the_loss_of_any_field(phone):
    for name in NAMES:
        assert phone.send(form_of(name)).status_code == 200
    assert outcomes(phone.channel) == ["asked", "asked", "asked", "differs"]
    for name in NAMES:
        for field in form_of(name):
            less = {key: value for key, value in form_of(name).items() if key != field}
            assert (
                phone.send(less | ({"sessionId": field} if field != "sessionId" else {})).status_code == 200
            )
    assert not InboundDelivery.objects.exclude(state="done").exists()
    assert events() == []


@pytest.mark.once
def test_the_body_is_read_whatever_is_missing():
    for name in NAMES:
        (message,) = AfricastalkingUssd().parse((FIXTURES / f"{name}.form").read_bytes(), {}, "").messages
        assert message.identifiers[0].value == "+254711000101"
        assert message.occurred_at is None or name == "ussd_end_notification"
