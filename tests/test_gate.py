"""Whom the gate knows, what it asks before what, from which sender, and when free text may be sent."""

from datetime import timedelta

import pytest

from optins.models import Contact, ContactIdentifier, Purpose, Sender, SenderContact
from tests import gates, signals
from tests.gates import reason, suppress, wrote
from tests.signals import BSUID, DIGITS, NOON, NOW, OTHER_DIGITS, REMINDERS, TIPS, no, record_all, word, yes

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def second_sender(clinic):
    return Sender.objects.create(
        organisation=clinic.organisation,
        slug="second",
        platform="turn",
        number="+27820000901",
        portfolio="two",
    )


def identify(contact, scheme, value):
    return ContactIdentifier.objects.create(
        organisation=contact.organisation, contact=contact, scheme=scheme, value=value
    )


def test_the_reasons_come_in_the_order_of_the_design(clinic, second_sender):
    """Everything is wrong at once; what is mended one after the other shows what is asked next."""

    def says(expected, *, purpose=TIPS, sender="riverside", now=NOW, **more):
        assert reason(clinic, purpose, sender=sender, now=now, **more) == expected

    erased, listed = suppress(clinic, reason="erased"), suppress(clinic, reason="registry")
    says("unknown_purpose", purpose="no-such", sender="")
    says("unknown_sender", sender="")
    says("erased")
    erased.delete()
    says("suppressed")
    listed.delete()
    says("unknown_contact")
    one, other = (Contact.objects.create(organisation=clinic.organisation) for _ in range(2))
    identify(one, "phone", f"+{DIGITS}")
    rival = identify(other, "wa_id", DIGITS)
    says("ambiguous_identity", form="free_form")
    rival.delete()
    says("window_closed", form="free_form")
    stops = {"marketing_stopped_at": NOW, "stopped_there_at": NOW, "next_attempt_at": NOW}
    there = SenderContact.objects.create(sender=clinic.sender, contact=one, desired={}, **stops)
    wrote(clinic, one, NOW)
    says("session", form="free_form")
    says("marketing_stopped")
    SenderContact.objects.filter(pk=there.pk).update(marketing_stopped_at=None)
    says("stopped_at_sender")
    SenderContact.objects.filter(pk=there.pk).update(stopped_there_at=None)
    says("no_record")
    record_all(clinic, no("a", 1, kind="refused"), word("b", 2))
    says("refused")
    record_all(clinic, no("c", 2))
    says("withdrawn")
    record_all(clinic, no("d", 3, kind="invalidated"))
    says("invalidated")


def test_what_a_grant_is_worth_comes_in_the_order_of_the_design(clinic):
    late = NOW + 2 * DAY
    gates.agreed_to(clinic, word("a"))
    gates.publish(clinic, "major", NOW)
    gates.setting(clinic, REMINDERS, expires_after_days=1)
    assert reason(clinic, now=late) == "unconfirmed"
    gates.setting(clinic, REMINDERS, expires_after_days=None)
    gates.agreed_to(clinic, yes("b", 1))
    gates.setting(clinic, REMINDERS, expires_after_days=1)
    assert reason(clinic, now=late) == "expired"
    gates.setting(clinic, REMINDERS, expires_after_days=None)
    assert reason(clinic, now=late) == "notice_changed"
    gates.agreed_to(clinic, yes("c", 2), version=2)
    assert reason(clinic, now=late) == "consent"


def test_an_allowed_template_names_the_event_that_decides_and_a_denied_one_the_stop(clinic):
    given = record_all(clinic, yes("a", 0, REMINDERS)).events[0]
    allowed = gates.ask(clinic)
    assert (allowed.allowed, allowed.mode, allowed.event) == (True, "template", given)
    stop = record_all(clinic, no("b", 1)).events[0]
    denied = gates.ask(clinic)
    assert (denied.allowed, denied.mode, denied.event) == (False, None, stop)


# Who


@pytest.mark.parametrize(
    ("known", "asked"),
    [("5511987654321", "551187654321"), ("551187654321", "5511987654321"), ("5215512345678", "525512345678"),
     ("525512345678", "5215512345678"), ("541112345678", "5491112345678"), ("5491112345678", "541112345678")],
)  # fmt: skip
def test_every_equivalent_form_of_a_number_meets_the_same_person_the_same_stop_and_suppression(
    clinic, known, asked
):
    suppressed = suppress(clinic, known, reason="not_me")
    assert reason(clinic, number=f"+{asked}") == "suppressed"
    suppressed.delete()
    record_all(clinic, yes("a", digits=known))
    assert signals.decide(clinic, number=f"+{asked}").allowed
    record_all(clinic, no("b", 1, digits=asked))
    assert reason(clinic, number=f"+{known}") == reason(clinic, number=f"+{asked}") == "withdrawn"
    assert Contact.objects.count() == 1


def test_a_bsuid_means_somebody_within_its_own_portfolio_alone(clinic, second_sender):
    record_all(clinic, yes("a", digits="", bsuid=BSUID))
    assert reason(clinic, bsuid=BSUID, sender="riverside") == "consent"
    assert reason(clinic, bsuid=BSUID, sender="second") == "unknown_contact"


def test_an_erased_contact_is_nobody(clinic):
    contact = record_all(clinic, yes("a")).contact
    Contact.objects.filter(pk=contact.pk).update(erased_at=NOW)
    assert reason(clinic) == "unknown_contact"


# From which sender


def test_with_several_senders_one_has_to_be_named_and_one_that_is_off_is_none(clinic, second_sender):
    record_all(clinic, yes("a"))
    assert reason(clinic) == "unknown_sender"
    assert reason(clinic, sender="third") == "unknown_sender"
    assert reason(clinic, sender="second") == reason(clinic, sender="riverside") == "consent"
    Sender.objects.filter(pk=second_sender.pk).update(is_active=False)
    assert reason(clinic, sender="second") == "unknown_sender"
    assert reason(clinic) == "consent"


def test_a_marketing_stop_at_a_sender_stops_marketing_there_alone_until_it_is_lifted(clinic, second_sender):
    contact = record_all(clinic, yes("a")).contact
    there = SenderContact.objects.filter(sender=clinic.sender, contact=contact)
    for stopped, resumed, expected in (
        (NOON, None, "marketing_stopped"),
        (NOON, NOON, "marketing_stopped"),
        (NOON, NOON + HOUR, "consent"),
        (NOON + HOUR, NOON, "marketing_stopped"),
    ):
        there.update(marketing_stopped_at=stopped, marketing_resumed_at=resumed)
        assert reason(clinic, TIPS, sender="riverside") == expected
    assert reason(clinic, REMINDERS, sender="riverside") == "consent"
    assert reason(clinic, TIPS, sender="second") == "consent"


# Free text


def test_the_window_opens_with_a_message_for_a_day_at_that_sender_alone(clinic, second_sender):
    contact = record_all(clinic, no("a", 0, TIPS, kind="refused")).contact
    wrote(clinic, contact, NOON)
    inside = gates.ask(clinic, form="free_form", sender="riverside", now=NOON + DAY - HOUR)
    assert (inside.allowed, inside.mode, inside.window_expires_at) == (True, "session", NOON + DAY)
    assert inside.valid_until == NOON + DAY
    assert reason(clinic, form="free_form", sender="riverside", now=NOON + DAY) == "window_closed"
    assert reason(clinic, form="free_form", sender="second") == "window_closed"


def test_a_stop_of_everything_closes_every_window_and_a_message_of_a_later_second_opens_it(
    clinic, second_sender
):
    contact = record_all(clinic, yes("a")).contact
    for sender in (clinic.sender, second_sender):
        wrote(clinic, contact, NOON + timedelta(seconds=5), sender)
    record_all(clinic, no("b", 5.9))
    for sender in ("riverside", "second"):
        assert reason(clinic, form="free_form", sender=sender) == "window_closed"
    wrote(clinic, contact, NOON + timedelta(seconds=6), second_sender)
    assert reason(clinic, form="free_form", sender="second") == "session"
    assert reason(clinic, form="free_form", sender="riverside") == "window_closed"


def test_neither_a_stop_of_one_purpose_nor_a_grant_taken_back_closes_the_window(clinic):
    contact = record_all(clinic, word("a", 0, TIPS, door="desk")).contact
    wrote(clinic, contact, NOON)
    taken_back = signals.Plan("c", "invalidated", (TIPS,), 3, voids="a", door="admin", actor="staff")
    record_all(clinic, no("b", 2, REMINDERS), taken_back)
    assert reason(clinic, form="free_form") == "session"


# Purposes that come later


def test_a_stop_of_everything_covers_a_purpose_that_comes_later(clinic):
    first = record_all(clinic, no("a", 1, kind="refused"), no("b", 1.5)).events[0]
    values = {"titles": {"en": "news"}, "category": "utility", "requires_confirmation": False}
    later = Purpose.objects.create(organisation=clinic.organisation, key="news", **values)
    clinic.purposes["news"] = later
    decision = signals.decide(clinic, "news")
    # Of two in one second the one that the fold would choose.
    assert (str(decision.reason), decision.event) == ("withdrawn", first)
    record_all(clinic, word("c", 9, "news"))
    assert reason(clinic, "news") == "withdrawn"
    record_all(clinic, yes("d", 9, "news"))
    assert reason(clinic, "news") == "consent"


def test_without_a_stop_a_purpose_that_was_never_asked_about_has_no_record(clinic):
    record_all(clinic, yes("a", 0, TIPS))
    assert reason(clinic) == "no_record"
    assert reason(clinic, number=f"+{OTHER_DIGITS}") == "unknown_contact"
