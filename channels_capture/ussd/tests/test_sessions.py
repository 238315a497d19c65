"""USSD sessions through the real view: what goes on record, and what does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_capture.ussd.tests.phones import (
    MORE,
    NO,
    REMINDERS,
    STOP,
    TIPS,
    YES,
    Phone,
    events,
)
from optins.models import (
    ConsentEvent,
    ContactIdentifier,
    NoticeVersion,
)

pytestmark = pytest.mark.once


def test_a_yes_by_ussd_proves_the_number_and_its_evidence_says_what_was_shown(phone, clinic):
    assert phone.dial().startswith("CON 1 English\n2 isiZulu")
    assert "WhatsApp" in phone.type("1")
    asked = phone.read_on()
    assert "appointment reminders" in asked
    assert asked.endswith("\n1 Yes\n2 No\n3 Details\n9 Stop everything")
    assert events() == []
    assert "health tips" in phone.type(YES)
    assert events() == [("given", REMINDERS, True)]
    assert clinic.gate(REMINDERS)["decision"] == "allow"
    phone.read_on()
    assert phone.type(NO) == "END Thank you. Riverside Clinic may message you on WhatsApp."
    assert events() == [("given", REMINDERS, True), ("refused", TIPS, True)]

    event = ConsentEvent.objects.get(kind="given")
    payload = event.evidence.get(part="act").payload
    assert f"CON {payload['told']}" == asked
    assert (payload["key"], payload["session"]) == ("1", "session-1")
    assert payload["script"] == event.translation.content_hash == event.request.shown
    assert payload["proves"] == "control of the phone number, not that it is on WhatsApp"
    assert "unsigned source" in payload["verified"]
    assert event.occurred_at >= event.asked_at == event.request.asked_at
    identifier = ContactIdentifier.objects.get(contact=event.contact)
    assert (identifier.scheme, identifier.verified_by) == ("phone", "ussd")

    assert phone.end() == "confirmed"
    last = phone.screen
    assert phone.request(phone.typed) == last  # the same again
    assert phone.request("1").startswith("CON ")  # and an older one, late
    assert len(events()) == 2


def test_what_was_typed_before_it_was_asked_answers_nothing(clinic):
    ahead = "*".join(["1", *[MORE] * 9, YES, YES])
    dialled = Phone(clinic, "dialled")
    assert dialled.dial(ahead).startswith("CON 1 English")
    dialled.type("1")
    dialled.read_on()
    assert dialled.type(f"{YES}*{YES}").startswith("CON Please choose again.")  # two keys on one screen
    assert events() == []
    dialled.type(YES)
    assert events() == [("given", REMINDERS, True)]


def test_wrong_keys_and_a_hang_up_make_no_event(clinic):
    wrong = [["7x", "yes"], ["1", "1", "1"], ["1", "*", "#"], ["1", "0", "5", "1*1"]]
    for number, typed in enumerate(wrong):
        phone = Phone(clinic, f"session-{number}")
        phone.dial()
        for text in typed:
            phone.type(text)
        assert phone.screen == "END Nothing was changed."
        assert phone.end() == "confirmed"
    assert events() == []


def test_9_or_a_stop_word_stops_everything_on_any_screen(clinic, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    for number, typed in enumerate([STOP, "٩", "STOP", " stop. "]):
        phone = Phone(clinic, f"session-{number}")
        phone.dial()
        assert phone.type(typed).startswith("END Done.")
    assert Phone(clinic, "ahead").dial("1*9").startswith("END Done.")  # *384*1234*1*9#: no screen is needed
    assert events() == [("withdrawn", None, True)] * 5
    assert clinic.gate(REMINDERS)["reason"] == "withdrawn"
    time_machine.shift(timedelta(seconds=20))
    again = Phone(clinic, "again")
    again.dial()
    again.type("1")
    again.read_on()
    again.type(YES)
    assert clinic.gate(REMINDERS)["decision"] == "allow"  # asked after the stop, answered with proof
    assert again.type(STOP).startswith("END Done.")
    assert clinic.gate(REMINDERS)["reason"] == "withdrawn"


def test_a_yes_to_what_was_asked_before_a_stop_counts_for_nothing(phone, clinic, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    phone.dial()
    phone.type("1")
    phone.read_on()
    time_machine.shift(timedelta(seconds=20))
    clinic.write("STOP")
    time_machine.shift(timedelta(seconds=20))
    phone.type(YES)
    assert clinic.gate(REMINDERS)["reason"] == "withdrawn"


def test_a_session_goes_on_in_the_words_with_which_it_began_and_shows_the_small_print(phone, clinic):
    phone.dial()
    phone.type("1")
    clinic._publish("en", body="Other words: Riverside Clinic on WhatsApp.", details="The small print. " * 20)
    phone.read_on()
    phone.type(YES)
    assert ConsentEvent.objects.get().translation.version.number == 1
    other = Phone(clinic, "session-2")
    assert other.dial().startswith("CON Other words")
    asked = other.read_on()
    assert "The small print." in other.type("3")
    assert other.read_on() == asked.replace("\n3 Details", "")
    other.type(YES)
    assert events()[-1] == ("given", REMINDERS, True)


def test_a_stop_needs_no_wording_and_a_session_outlives_a_change_of_it(phone, clinic):
    phone.dial()
    phone.type("1")
    phone.read_on()
    NoticeVersion.objects.update(status="retired")
    clinic.organisation.purposes.filter(key=REMINDERS).update(position=9)
    assert "health tips" in phone.type(YES)
    assert events() == [("given", REMINDERS, True)]
    other = Phone(clinic, "session-2")
    assert other.dial() == "END Nothing was changed."
    assert other.type("STOP").startswith("END Done.")
    assert events()[1:] == [("withdrawn", None, True)]
