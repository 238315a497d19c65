"""The main path through the portal's own addresses, without other processes."""

import pytest

from tests.clinic import BSUID, SIPHO, THANDI

BOTH = ("appointment-reminders", "health-tips")


def test_a_person_opts_in_on_the_page_and_stops_in_the_chat(clinic):
    sentence = clinic.choose(*BOTH, number="082 000 0101")
    assert clinic.gate()["reason"] == "unknown_contact"
    assert clinic.contacts() == 0
    assert clinic.write(sentence, id="first").status_code == 200
    allowed = clinic.gate()
    assert (allowed["decision"], allowed["mode"], allowed["reason"]) == ("allow", "template", "consent")
    assert allowed["event"]
    clinic.write("STOP")
    assert clinic.gate()["reason"] == "withdrawn"
    before = clinic.events()
    clinic.write(sentence, id="first")
    clinic.write(sentence, id="under-a-new-id")
    assert clinic.events() == before
    assert clinic.gate()["decision"] == "deny"


@pytest.mark.parametrize(("person", "bsuid"), [(THANDI, ""), ("", BSUID), (SIPHO, BSUID)])
def test_whoever_sends_the_code_of_a_page_without_a_number_consents(clinic, person, bsuid):
    clinic.write(clinic.choose("health-tips"), person=person, bsuid=bsuid)
    who = {"phone": f"+{person}"} if person else {"bsuid": bsuid}
    assert clinic.gate("health-tips", **who)["decision"] == "allow"
    assert clinic.gate("appointment-reminders", **who)["reason"] == "no_record"


def test_a_stop_offers_to_keep_single_purposes_and_the_tap_counts(clinic):
    clinic.write(clinic.choose(*BOTH))
    clinic.write("STOP")
    assert [b["title"] for b in clinic.replies()[-1].buttons] == ["Appointment reminde…", "Health tips"]
    clinic.tap_button("Appointment")
    assert clinic.gate("appointment-reminders")["decision"] == "allow"
    assert clinic.gate("health-tips")["reason"] == "withdrawn"


def test_a_join_word_asks_with_the_wording_on_record_and_yes_counts(clinic):
    clinic.write("Join")
    question = clinic.replies()[-1]
    assert "Riverside Clinic" in question.text
    assert "WhatsApp" in question.text
    assert clinic.contacts() == 0
    clinic.tap_button("Yes")
    assert clinic.events() == [("given", key, True) for key in BOTH]


def test_start_asks_anew_after_a_stop(clinic):
    clinic.write("STOP")
    clinic.write("START")
    assert clinic.gate()["reason"] == "withdrawn"
    clinic.write("yes")
    assert clinic.gate()["decision"] == "allow"


def test_free_form_is_allowed_inside_the_session_window_only(clinic):
    clinic.write(clinic.choose(*BOTH))
    assert clinic.gate(form="free_form")["mode"] == "session"
    clinic.write("STOP")
    assert clinic.gate(form="free_form")["reason"] == "window_closed"


def test_a_code_typed_for_another_number_asks_once_and_gives_nothing_to_the_typed_one(clinic):
    sentence = clinic.choose("health-tips", number="+27820000101")
    clinic.write(sentence, person=SIPHO)
    assert clinic.contacts() == 0
    assert "another number" in clinic.replies(SIPHO)[-1].text
    clinic.write(sentence, person=SIPHO)
    assert len(clinic.replies(SIPHO)) == 1
    clinic.tap_button("Yes", person=SIPHO)
    assert clinic.gate("health-tips", phone=f"+{SIPHO}")["decision"] == "allow"
    assert clinic.gate("health-tips")["reason"] == "unknown_contact"


def test_what_is_not_about_consent_is_left_to_the_organisations_own_bot(clinic):
    clinic.write("HELP")
    clinic.write("When is my appointment?")
    clinic.write("ok")
    clinic.write("👍")
    assert clinic.replies() == []
    assert clinic.contacts() == 0
