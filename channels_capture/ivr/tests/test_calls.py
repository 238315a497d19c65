"""Calls with keys through the real view: what is heard, and what goes on record."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from channels_capture import intake, tasks
from channels_capture.base import Incoming
from channels_capture.ivr.tests.phones import CALLER, REMINDERS, TIPS, Phone, events
from optins.models import (
    ConsentEvent,
    ConsentRequest,
    Contact,
    InboundDelivery,
    InboundMessage,
)
from tests.clinic import SIPHO

pytestmark = pytest.mark.once


def test_keys_go_on_record_unproved_and_the_code_told_at_the_end_proves_them(phone, clinic):
    assert "press 1" in phone.dial()
    begun = phone.address
    wording = phone.press("1")
    assert "WhatsApp" in wording
    assert "Riverside Clinic" in wording
    assert "press 9" in wording
    assert events() == []
    asked = phone.address
    assert "health tips" in phone.press("1")
    said = events()
    assert said == [("given", REMINDERS, False)]
    assert clinic.gate(REMINDERS)["reason"] == "unconfirmed"
    phone.press("2")
    assert phone.is_over
    assert events() == [("given", REMINDERS, False), ("refused", TIPS, False)]

    given = ConsentEvent.objects.get(kind="given")
    payload = given.evidence.get(part="act").payload
    assert given.translation.content_hash == payload["script"]
    assert (payload["call"], payload["key"], payload["keys"]) == ("call-1", "1", ["1", "1"])
    assert wording.split() == payload["told"].split()
    assert payload["attestation"] == ("TN-Validation-Passed-A" if phone.provider == "twilio" else "not sent")
    assert "forged" in payload["proves"]
    assert ("unsigned source" in payload["verified"]) == (phone.provider == "africastalking")
    assert given.request.typed_number == f"+{CALLER}"
    assert [purpose.key for purpose in given.request.purposes.all()] == [REMINDERS]

    ending = phone.heard
    for address, key in ((begun, "1"), (asked, "1"), (asked, "1")):  # every request, sent again
        assert phone.request(key, address=address).status_code == 200
    assert len(events()) == 2
    assert {row.outcome for row in InboundMessage.objects.filter(channel=phone.channel)} == {
        "asked", "give", "refuse",
    }  # fmt: skip

    assert "2, 7, 8, 2" in ending
    clinic.write(phone.code)
    assert events()[2:] == [("given", REMINDERS, True)]
    assert clinic.gate(REMINDERS)["decision"] == "allow"


def test_silence_a_wrong_key_and_a_hang_up_make_no_event(clinic):
    unheard = [[], ["1"], ["1", "", ""], ["1", "0", "7"], ["1", "", "3", "5", "*"], ["*", "0"], ["", ""]]
    for number, keys in enumerate(unheard):
        phone = Phone(clinic, "twilio", call=f"call-{number}")
        phone.dial()
        for key in keys:
            phone.press(key)
        assert (
            phone.request(CallStatus="completed").content.decode().endswith("<Response><Hangup /></Response>")
        )
        assert phone.is_over == (len(keys) > 1)
        assert phone.heard == "Nothing was changed." or not phone.is_over
    assert events() == []
    assert not ConsentRequest.objects.exists()


def test_9_stops_everything_anywhere_and_only_the_code_brings_it_back(phone, clinic):
    phone.dial()
    phone.press("1")
    phone.press("1")
    phone.press("9")
    assert phone.is_over
    assert phone.heard.startswith("Done.")
    assert events() == [("given", REMINDERS, False), ("withdrawn", None, False)]
    again = Phone(clinic, phone.provider, call="call-2")
    again.dial()
    again.press("9")  # in the menu, before a language is chosen
    assert events()[2:] == [("withdrawn", None, False)]
    assert clinic.gate(REMINDERS)["reason"] == "withdrawn"


def test_after_a_stop_a_key_grants_nothing_until_the_code_is_sent(twilio, clinic, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    clinic.write("STOP")
    time_machine.shift(timedelta(minutes=5))
    twilio.dial()
    for key in ("1", "1", "2"):
        twilio.press(key)
    assert clinic.gate(REMINDERS)["reason"] == "withdrawn"
    code = twilio.code
    time_machine.shift(timedelta(seconds=30))
    clinic.write(code)
    assert clinic.gate(REMINDERS)["decision"] == "allow"


def test_the_code_of_a_forged_call_sent_from_another_number_takes_the_yes_back(twilio, clinic):
    twilio.dial()
    for key in ("1", "1", "2"):
        twilio.press(key)
    clinic.write(twilio.code, person=SIPHO)
    assert [reply.request.kind for reply in clinic.replies(SIPHO)] == ["was_that_you"]
    clinic.tap_button("No", person=SIPHO)
    assert [kind for kind, *_ in events()] == ["given", "refused", "invalidated", "refused"]
    assert clinic.gate(REMINDERS)["reason"] == "no_record"  # as if it had never been


WITHHELD = (
    *("anonymous", "Unknown", "PRIVATE", "restricted", "withheld", "Unavailable", "blocked", "-"),
    # The same words on a telephone's keys, as Twilio sends them.
    *("+266696687", "+7378742833", "+2562533", "+8656696", "+8566696", "+86282452253"),
)


def test_whoever_withholds_their_number_is_nobody_and_no_key_of_theirs_stops_anybody(phone):
    for caller in WITHHELD:
        phone.caller = phone.call = caller
        phone.dial()
        phone.press("9")
        assert not Contact.objects.exists(), caller
    assert events() == []


def test_a_withheld_number_gets_the_code_alone_and_cannot_be_stopped_by_a_key(clinic):
    phone = Phone(clinic, "twilio", caller="Anonymous")
    phone.dial()
    for key in ("1", "1", "2"):
        phone.press(key)
    assert events() == []
    clinic.write(phone.code)
    assert events() == [("given", REMINDERS, True)]
    again = Phone(clinic, "twilio", caller="Anonymous", call="call-2")
    again.dial()
    assert "Send STOP" in again.press("9")


def test_where_no_voice_speaks_the_language_of_the_wording_the_call_is_hung_up(phone, clinic):
    clinic._publish("zu", title="WhatsApp")
    assert phone.dial() == ""
    assert phone.is_over
    assert InboundMessage.objects.get().outcome == "nothing_to_say"


def test_a_call_goes_on_in_the_words_with_which_it_began_and_tells_the_small_print(twilio, clinic):
    twilio.dial()
    clinic._publish(
        "en", body="Other words about WhatsApp from Riverside Clinic.", details="The small print."
    )
    assert "Other words" not in twilio.press("1")
    assert "press 1" in twilio.press("1")
    assert ConsentEvent.objects.get().translation.version.number == 1
    other = Phone(clinic, "twilio", call="call-2")
    assert "Other words" in other.dial()  # one language alone: nothing to choose
    assert "The small print." in other.press("3")
    other.press("1")
    payload = ConsentEvent.objects.latest("recorded_at").evidence.get(part="act").payload
    assert "The small print." in payload["told"]


def test_what_was_stored_and_not_processed_is_recorded_by_the_worker(twilio):
    twilio.dial()
    twilio.press("1")
    address, now = twilio.address, timezone.now()
    body = urlencode(twilio._twilio("1")).encode()
    incoming = Incoming(
        "POST", address, address.partition("?")[2].encode(), body, {}, twilio.channel.public_id, now
    )
    delivery = intake.store(twilio.channel, incoming)
    InboundDelivery.objects.filter(pk=delivery.pk).update(next_attempt_at=now)
    assert tasks.process_waiting() == 1
    assert events() == [("given", REMINDERS, False)]
