"""Somebody changed their number: what was stopped at the new one is not brought up there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from optins.consent import strangers, suppressions
from optins.consent.signal import phone
from optins.models import SenderContact, Suppression
from tests.stops.answers import TIPS, VISITS
from tests.stops.changed_numbers import NEW_NUMBER, changed

pytestmark = pytest.mark.once


def asked_there(clinic):
    """What the question at the new number is about, if there is one."""
    before = len(clinic.replies(NEW_NUMBER))
    changed(clinic)
    assert clinic.gate(VISITS)["reason"] == "invalidated"
    return [{p.key for p in reply.request.purposes.all()} for reply in clinic.replies(NEW_NUMBER)[before:]]


def test_nobody_is_asked_at_a_number_that_sent_stop(agreed):
    agreed.write("STOP", person=NEW_NUMBER)
    assert asked_there(agreed) == []


def test_what_was_stopped_or_agreed_to_at_the_new_number_is_left_out_of_the_question(agreed):
    agreed.write("stop health tips", person=NEW_NUMBER)
    assert asked_there(agreed) == [{VISITS}]


def test_what_is_allowed_at_the_new_number_is_not_asked_about_again(agreed):
    agreed.write(agreed.choose(TIPS, VISITS), person=NEW_NUMBER)
    assert asked_there(agreed) == []


def test_a_number_that_nobody_is_known_by_and_that_is_suppressed_is_left_alone(agreed):
    reason = Suppression.Reason.NOT_ME
    suppressions.suppress(agreed.organisation, phone(f"+{NEW_NUMBER}"), reason, now=timezone.now())
    assert asked_there(agreed) == []


def test_marketing_that_was_stopped_in_whatsapp_itself_is_not_brought_up_there(agreed):
    agreed.write(agreed.choose(TIPS), person=NEW_NUMBER)
    SenderContact.objects.filter(contact__identifiers__value=f"+{NEW_NUMBER}").update(
        marketing_stopped_at=timezone.now()
    )
    assert asked_there(agreed) == [{VISITS}]


@pytest.mark.parametrize(("last", "asked"), [("stopped", {VISITS}), ("resumed", {TIPS, VISITS})])
def test_nor_is_what_whatsapp_reported_of_the_number_while_it_was_nobodys(agreed, last, asked):
    names, now = phone(f"+{NEW_NUMBER}"), timezone.now()
    strangers.note(agreed.sender, names, strangers.STOPPED, now)
    if last == "resumed":
        strangers.note(agreed.sender, names, strangers.RESUMED, now + timedelta(seconds=1))
    assert asked_there(agreed) == [asked]
