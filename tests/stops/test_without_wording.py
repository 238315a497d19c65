"""Wording that was retired takes questions away, and never an act with them."""

import pytest
from django.utils import timezone

from optins.consent import publishing
from optins.models import InboundDelivery, NoticeVersion, Purpose, SessionWindow
from tests.stops.answers import TIPS, VISITS, reasons
from tests.stops.changed_numbers import NEW_NUMBER, changed

pytestmark = pytest.mark.once


def retire():
    """From now on there is no wording in force; and nobody has written yet."""
    publishing.retire(NoticeVersion.objects.get(status="published"), timezone.now())
    SessionWindow.objects.all().delete()


def is_done():
    return not InboundDelivery.objects.exclude(state="done").exists()


def test_a_loss_stops_and_condoles_though_no_support_can_be_offered(agreed):
    agreed.write("stop health tips")
    Purpose.objects.filter(key=VISITS).update(stops_on_loss=True)
    Purpose.objects.filter(key=TIPS).update(offered_on_loss=True)
    retire()
    before = len(agreed.replies())
    agreed.write("I lost my baby")
    assert reasons(agreed) == ["withdrawn", "withdrawn"]
    [condolence] = agreed.replies()[before:]
    assert "sorry for your loss" in condolence.text
    assert SessionWindow.objects.exists()
    assert is_done()


def test_a_changed_number_ends_consent_at_the_old_one_though_nobody_can_be_asked_at_the_new(agreed):
    retire()
    changed(agreed)
    assert reasons(agreed) == ["invalidated", "invalidated"]
    assert agreed.replies(NEW_NUMBER) == []
    assert is_done()


def test_what_may_be_a_stop_beside_a_code_holds_marketing_back(clinic):
    clinic.write(clinic.choose(TIPS))
    code = clinic.choose(VISITS).split()[-1]
    retire()
    clinic.write(f"bus stop {code}")
    assert reasons(clinic) == ["no_record", "marketing_stopped"]
    assert SessionWindow.objects.exists()
    assert is_done()


def test_a_yes_to_what_was_stopped_meanwhile_is_on_record_though_it_cannot_be_asked_anew(agreed):
    sentence = agreed.choose(TIPS)
    agreed.write("STOP")
    retire()
    agreed.write(sentence)
    assert agreed.events()[-1] == ("given", TIPS, True)
    assert reasons(agreed) == ["withdrawn", "withdrawn"]
    assert is_done()


def test_no_message_waits_for_a_question_that_nobody_asked_for(clinic):
    clinic.write(clinic.choose(TIPS))
    clinic.choose(VISITS, number="082 000 0101")
    retire()
    clinic.write("When are you open?")
    assert SessionWindow.objects.exists()
    assert is_done()
    clinic.publish_again()
    clinic.write("And tomorrow?")
    assert "Was that you?" in clinic.replies()[-1].text


def test_what_wants_nothing_but_a_question_waits_for_it(agreed):
    agreed.write("STOP")
    retire()
    agreed.write("START")
    delivery = InboundDelivery.objects.latest("pk")
    assert (delivery.state, delivery.last_error) == ("waiting", "NoWording")
