"""Who sent the code: numbers written in other ways, people without a number, and people with two names."""

import pytest

from optins.models import ContactIdentifier, ReviewItem
from tests.clinic import BSUID, SIPHO, THANDI, contact_of, message_of
from tests.code_messages import code_of, wrong

pytestmark = pytest.mark.once

# What was typed, and the WhatsApp id of the same telephone.
EQUIVALENT = {
    "the same": ("+27820000101", "27820000101"),
    "Brazil, typed with the ninth digit": ("+5511987654321", "551187654321"),
    "Brazil, typed without it": ("+551187654321", "5511987654321"),
    "Mexico, without the 1": ("+525512345678", "5215512345678"),
    "Mexico, with the 1": ("+5215512345678", "525512345678"),
    "Argentina, without the 9": ("+541112345678", "5491112345678"),
    "Argentina, with the 9": ("+5491112345678", "541112345678"),
}


@pytest.mark.parametrize(("typed", "wa_id"), EQUIVALENT.values(), ids=EQUIVALENT)
def test_equivalent_numbers_are_one_person(clinic, typed, wa_id):
    clinic.write(clinic.choose("health-tips", number=typed), person=wa_id)
    for form in (typed, f"+{wa_id}"):
        assert clinic.gate("health-tips", phone=form)["decision"] == "allow"
    assert clinic.replies(wa_id)[-1].buttons == []  # thanked, not asked
    clinic.write("STOP", person=typed.removeprefix("+"))
    for form in (typed, f"+{wa_id}"):
        assert clinic.gate("health-tips", phone=form)["reason"] == "withdrawn"
    assert clinic.contacts() == 1


@pytest.mark.parametrize(("typed", "wa_id"), EQUIVALENT.values(), ids=EQUIVALENT)
def test_a_failed_code_from_an_equivalent_number_asks_if_that_was_them(clinic, typed, wa_id):
    sentence = clinic.choose("health-tips", number=typed)
    clinic.write(wrong(code_of(sentence)), person=wa_id)
    assert clinic.replies(wa_id)[-1].request.kind == "was_that_you"
    clinic.write("yes", person=wa_id)
    assert clinic.gate("health-tips", phone=typed)["decision"] == "allow"


def test_a_bsuid_without_a_number_works_throughout(clinic):
    person = {"person": "", "bsuid": BSUID}
    clinic.write(clinic.choose("health-tips"), **person)
    assert clinic.gate("health-tips", bsuid=BSUID)["decision"] == "allow"
    clinic.write("STOP", **person)
    assert clinic.gate("health-tips", bsuid=BSUID)["reason"] == "withdrawn"
    clinic.tap_button("Health", **person)
    assert clinic.gate("health-tips", bsuid=BSUID)["decision"] == "allow"
    clinic.write("STOP", **person)
    clinic.write("START", **person)
    clinic.write("yes", **person)
    assert clinic.gate("health-tips", bsuid=BSUID)["decision"] == "allow"
    assert {i.scheme for i in ContactIdentifier.objects.all()} == {"wa_bsuid"}


def test_the_code_of_a_form_with_a_number_does_not_count_for_a_bsuid_alone(clinic):
    sentence = clinic.choose("health-tips", number=f"+{THANDI}")
    clinic.write(sentence, person="", bsuid=BSUID)
    assert clinic.contacts() == 0
    clinic.tap_button("Yes", person="", bsuid=BSUID)
    assert clinic.gate("health-tips", bsuid=BSUID)["decision"] == "allow"
    assert clinic.gate("health-tips")["reason"] == "unknown_contact"


def test_a_number_with_a_bsuid_is_the_typed_number(clinic):
    clinic.write(clinic.choose("health-tips", number=f"+{THANDI}"), bsuid=BSUID)
    assert clinic.gate("health-tips")["decision"] == "allow"
    assert clinic.gate("health-tips", bsuid=BSUID)["decision"] == "allow"


def test_numbers_in_the_platforms_own_part_are_nobodys_identity(clinic):
    message = message_of("STOP", person="", bsuid=BSUID, at=clinic.now())
    message["_vnd"] = {"v1": {"author": {"id": THANDI}, "chat": {"owner": f"+{THANDI}"}}}
    clinic.deliver({"contacts": [contact_of("", BSUID)], "messages": [message]})
    assert clinic.gate("health-tips", bsuid=BSUID)["reason"] == "withdrawn"
    assert clinic.gate("health-tips")["reason"] == "unknown_contact"
    assert [i.value for i in ContactIdentifier.objects.all()] == [BSUID]


def test_the_same_code_from_one_person_under_both_names_is_one_act(clinic):
    sentence = clinic.choose("health-tips")
    clinic.write(sentence)
    clinic.write(sentence, bsuid=BSUID)
    clinic.write(sentence, person="", bsuid=BSUID)
    assert clinic.events() == [("given", "health-tips", True)]


@pytest.mark.parametrize("text", ["Hello", "HELP", "JOIN", "👍"])
def test_any_message_with_both_links_them_where_one_is_known(clinic, text):
    clinic.write(clinic.choose("health-tips"))
    clinic.write(text, bsuid=BSUID)
    clinic.write("STOP", person="", bsuid=BSUID)
    assert clinic.gate("health-tips")["reason"] == "withdrawn"
    assert clinic.contacts() == 1


def test_a_message_with_both_that_is_no_act_makes_nobody_a_contact(clinic):
    clinic.write("Hello", bsuid=BSUID)
    assert clinic.contacts() == 0


@pytest.fixture
def two(clinic):
    """Two contacts, allowed both, that one message showed to be perhaps one person."""
    clinic.write(clinic.choose("health-tips"))
    clinic.write(clinic.choose("health-tips"), person="", bsuid=BSUID)
    clinic.write("Hello", bsuid=BSUID)
    return clinic


def test_a_link_of_two_contacts_is_proposed_and_they_are_not_merged(two):
    assert two.contacts() == 2
    assert ReviewItem.objects.get().kind == "link"
    two.write("Hello again", bsuid=BSUID)
    assert ReviewItem.objects.count() == 1


@pytest.mark.parametrize("who", [(THANDI, ""), ("", BSUID), (THANDI, BSUID)])
def test_until_it_is_decided_a_stop_reaches_both_and_a_grant_only_the_one_that_sent(two, who):
    person, bsuid = who
    two.write("STOP", person=person, bsuid=bsuid)
    assert two.gate("health-tips")["reason"] == "withdrawn"
    assert two.gate("health-tips", bsuid=BSUID)["reason"] == "withdrawn"
    two.tap_button("Health", person=person, bsuid=bsuid)
    allowed = [two.gate("health-tips", **q)["decision"] for q in ({}, {"bsuid": BSUID})]
    assert allowed == (["allow", "deny"] if person else ["deny", "allow"])


def test_a_stop_from_before_the_link_reaches_the_other_too(clinic):
    clinic.write(clinic.choose("health-tips"))
    clinic.write("STOP", person="", bsuid=BSUID)
    assert clinic.gate("health-tips")["decision"] == "allow"
    clinic.write("Hello", bsuid=BSUID)
    assert clinic.gate("health-tips")["reason"] == "withdrawn"


def test_a_question_to_the_number_is_answered_under_the_linked_bsuid(clinic):
    clinic.write(clinic.choose("health-tips"), bsuid=BSUID)
    clinic.write("JOIN")
    button = clinic.replies()[-1].buttons[0]
    clinic.write(person="", bsuid=BSUID, button=button)
    assert clinic.gate("appointment-reminders")["decision"] == "allow"


def test_someone_elses_bsuid_of_another_portfolio_is_somebody_else(clinic):
    clinic.write(clinic.choose("health-tips"), person="", bsuid=BSUID)
    clinic.sender.portfolio = "another-portfolio"
    clinic.sender.save()
    assert clinic.gate("health-tips", bsuid=BSUID)["reason"] == "unknown_contact"
    clinic.write("STOP", person=SIPHO)
    assert clinic.contacts() == 2
