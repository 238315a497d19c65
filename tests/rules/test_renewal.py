"""People are asked anew where the packs allow: on their own visit and in a session, never by ourselves."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from optins import tasks
from optins.consent import links
from optins.models import Contact, OutboundMessage
from tests.gates import setting

REMINDERS, TIPS = "appointment-reminders", "health-tips"
HELLO = "Good morning, is the clinic open today?"


@pytest.fixture
def after(clinic):
    """Write from the person's WhatsApp so many days from now; returns what was said since, oldest first."""

    def after(days, text=HELLO):
        before = len(clinic.replies())
        with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
            clinic.write(text)
        return clinic.replies()[before:]

    return after


def agree(clinic, *keys):
    clinic.write(clinic.choose(*keys))
    return Contact.objects.get()


def test_a_yes_that_is_due_is_renewed_in_the_session_that_the_person_opens_and_never_by_ourselves(
    clinic, after
):
    thandi = agree(clinic, TIPS, REMINDERS)
    assert after(30) == []
    with time_machine.travel(timezone.now() + timedelta(days=740)):
        tasks.recompute_desired()
        tasks.remove_outdated()
        assert clinic.replies() == []  # and the thanks of then are gone
        page = clinic.client.get(f"/m/{links.make(thandi, timezone.now())}/").content.decode()
        assert "Say yes to health tips" in page
        assert "Say yes to appointment reminders" not in page
    # South Africa's pack asks to renew marketing after 24 months.
    (asked,) = after(740)
    assert "health tips" in asked.text
    assert "appointment reminders" not in asked.text
    assert [button["title"] for button in asked.buttons] == ["Yes, please", "No, thanks"]
    assert after(741) == after(760) == []
    assert len(after(775)) == 1
    (thanks,) = after(775.01, "Yes")
    assert "Thank you" in thanks.text
    assert clinic.events().count(("given", TIPS, True)) == 2
    assert after(900) == []


def test_what_has_ended_is_brought_up_only_where_the_law_allows_another_approach(clinic, after):
    agree(clinic, TIPS, REMINDERS)
    setting(clinic, TIPS, expires_after_days=100)
    setting(clinic, REMINDERS, expires_after_days=100)
    # Soon to run out: both still stand, and may be renewed.
    (both,) = after(80)
    assert "health tips" in both.text
    # South Africa knows one approach about marketing: whoever wants it again says so.
    (one,) = after(120)
    assert "appointment reminders" in one.text
    assert "health tips" not in one.text
    (start,) = after(121, "START")
    assert "health tips" in start.text
    with time_machine.travel(timezone.now() + timedelta(days=121.01)):
        clinic.tap_button("No, thanks")
    assert OutboundMessage.objects.latest("pk").text.startswith("All right.")
    assert after(200) == []
