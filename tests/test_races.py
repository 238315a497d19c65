"""Many at once, each with a database connection of its own: whatever the order, the answer is the same."""

from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from channels_capture import vendor_stops
from optins.consent import locking, recording
from optins.consent.recording import record
from optins.consent.signal import whatsapp
from optins.models import (
    ConsentEvent,
    ConsentRecord,
    Contact,
    ContactIdentifier,
    InboundDelivery,
    ReviewItem,
    SenderContact,
    SenderStranger,
)
from tests import signals, threads
from tests.clinic import SIPHO, contact_of, message_of
from tests.signals import NOW, REMINDERS, facts, folded, no, yes
from tests.stops.statuses import refused

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12


def writing(clinic, plan):
    """One thread's work: record this."""
    return partial(record, signals.signal(clinic, plan), now=NOW)


def numbered(place):
    """A number and a BSUID that nobody has used yet."""
    return f"2782100{place:04}", f"ZA.{place:020}"


def denied(clinic, *who):
    return all(not signals.decide(clinic, **question).allowed for question in who)


def test_sixteen_messages_and_calls_for_one_new_number_are_one_contact_and_one_record_each(live_clinic):
    sentence = live_clinic.choose(*live_clinic.purposes)
    body = {"phone": f"+{SIPHO}", "channel": "riverside-web", "purposes": "all", "action": "give"}

    def write():
        message = message_of(sentence, person=SIPHO, at=timezone.now())
        envelope = {"contacts": [contact_of(SIPHO, "")], "messages": [message]}
        return live_clinic.deliver(envelope, client=Client()).status_code

    def call():
        return live_clinic.api("consents", body).status_code

    assert sorted(threads.together(*[write, call] * 8)) == [200] * 8 + [201] * 8
    assert set(InboundDelivery.objects.values_list("state", flat=True)) == {"done"}
    assert Contact.objects.count() == 1
    assert ContactIdentifier.objects.count() == 2
    assert ConsentRecord.objects.count() == 2
    assert ConsentEvent.objects.filter(proved=True).count() == 2
    assert ConsentEvent.objects.filter(proved=False).count() == 16
    assert facts(Contact.objects.get()) == folded(Contact.objects.get())
    assert live_clinic.gate(phone=f"+{SIPHO}")["decision"] == "allow"


def test_a_stop_that_races_with_grants_wins_whoever_comes_first(live_clinic):
    for place in range(ROUNDS):
        digits, _bsuid = numbered(place)
        ids = [f"{place}/{n}" for n in range(4)]
        plans = [yes(ids[0], 4), no(ids[1], 5), yes(ids[2], 9, asked=5), signals.word(ids[3], 20)]
        works = [writing(live_clinic, signals.replace(plan, digits=digits)) for plan in plans]
        contacts = {done.contact for done in threads.together(*works[place % 4 :], *works[: place % 4])}
        assert len(contacts) == 1
        assert facts(contacts.pop()) == folded(Contact.objects.last())
        assert denied(live_clinic, {"number": f"+{digits}"})


def test_a_stop_and_a_link_that_race_leave_neither_contact_allowed(live_clinic):
    for place in range(ROUNDS):
        digits, bsuid = numbered(place)
        record(signals.signal(live_clinic, yes(f"{place}/n", digits=digits)), now=NOW)
        record(signals.signal(live_clinic, yes(f"{place}/b", digits="", bsuid=bsuid)), now=NOW)
        link = yes(f"{place}/both", 1, digits=digits, bsuid=bsuid)
        stop = no(f"{place}/stop", 5, digits="", bsuid=bsuid)
        threads.together(writing(live_clinic, link), writing(live_clinic, stop))
        assert denied(live_clinic, {"number": f"+{digits}"}, {"bsuid": bsuid})
    assert ReviewItem.objects.count() == ROUNDS


def test_messages_that_bring_number_and_bsuid_together_for_the_first_time_agree_who_that_is(live_clinic):
    for place in range(ROUNDS):
        digits, bsuid = numbered(place)
        plans = [
            yes(f"{place}/n", digits=digits),
            yes(f"{place}/b", digits="", bsuid=bsuid),
            yes(f"{place}/one", digits=digits, bsuid=bsuid),
            yes(f"{place}/two", 1, digits=digits, bsuid=bsuid),
        ]
        threads.together(*(writing(live_clinic, plan) for plan in plans))
        record(signals.signal(live_clinic, no(f"{place}/stop", 5, digits=digits)), now=NOW)
        assert denied(live_clinic, {"number": f"+{digits}"}, {"bsuid": bsuid})
        # One contact for all, or two that are to be looked at.
        contacts = Contact.objects.filter(identifiers__value__in=[f"+{digits}", bsuid]).distinct().count()
        assert (
            contacts == 1 + ReviewItem.objects.filter(contact__identifiers__value__in=[bsuid, digits]).count()
        )


def test_two_linked_contacts_that_are_stopped_crosswise_never_wait_for_each_other(live_clinic):
    """A deadlock would raise in one of the threads."""
    digits, bsuid = numbered(0)
    for plan in (yes("n", digits=digits), yes("b", digits="", bsuid=bsuid)):
        record(signals.signal(live_clinic, plan), now=NOW)
    record(signals.signal(live_clinic, yes("both", digits=digits, bsuid=bsuid)), now=NOW)
    for place in range(ROUNDS):
        at = 5 + 2 * place
        plans = [
            no(f"{place}/n", at, digits=digits),
            no(f"{place}/b", at, digits="", bsuid=bsuid),
            no(f"{place}/both", at, REMINDERS, digits=digits, bsuid=bsuid, kind="refused"),
            yes(f"{place}/yes", at + 1, digits="", bsuid=bsuid),
        ]
        threads.together(*(writing(live_clinic, plan) for plan in plans))
    assert all(facts(contact) == folded(contact) for contact in Contact.objects.all())
    assert denied(live_clinic, {"number": f"+{digits}"})
    assert signals.decide(live_clinic, bsuid=bsuid).allowed


def test_different_new_identifiers_of_one_contact_at_once_do_not_lock_each_other_out(live_clinic):
    """Adding an identifier shares a lock on the contact, which whoever locks the contact would wait for."""
    for place in range(ROUNDS):
        digits, bsuid = numbered(place)
        record(signals.signal(live_clinic, signals.word(f"{place}/w", digits=digits)), now=NOW)
        plans = [yes(f"{place}/{n}", n, digits=digits, bsuid=f"{bsuid}{n}") for n in range(4)]
        assert (
            len({done.contact for done in threads.together(*(writing(live_clinic, p) for p in plans))}) == 1
        )


def test_a_platforms_stop_and_the_first_act_of_whom_it_is_about_wait_for_each_other(live_clinic):
    for place, stop_is_first in enumerate((True, False) * 3):
        digits, bsuid = numbered(place)
        act = writing(live_clinic, yes(f"{place}/yes", digits=digits, bsuid=bsuid))
        stop = partial(vendor_stops.report, live_clinic.thread, whatsapp(digits=digits), NOW, stops=True)
        threads.meanwhile(*(stop, act) if stop_is_first else (act, stop))
        assert SenderContact.objects.get(contact__identifiers__value=digits).marketing_is_stopped


def test_messages_of_new_people_and_a_platforms_stops_of_strangers_do_not_lock_each_other_out(live_clinic):
    """Whoever waited for the other for ever would leave its delivery waiting."""

    def deliver(envelope):
        return partial(live_clinic.deliver, envelope, client=Client())

    for place in range(ROUNDS):
        numbers = [f"27821{place:02}{each:04}" for each in range(8)]
        at = timezone.now()
        messages = [{"messages": [message_of("STOP", person=each, at=at)]} for each in numbers[:4]]
        stops = [{"statuses": [refused(each, at)]} for each in numbers[4:]]
        works = [deliver(each) for pair in zip(messages, stops, strict=True) for each in pair]
        assert {answer.status_code for answer in threads.together(*works)} == {200}
    assert set(InboundDelivery.objects.values_list("state", flat=True)) == {"done"}
    assert SenderStranger.objects.count() == 4 * ROUNDS


def test_without_the_lock_the_race_is_lost(live_clinic, monkeypatch):
    """The control. SQLite has one writer at a time, so there is nothing to lose there."""
    if connection.vendor == threads.SQLITE:
        return
    record(signals.signal(live_clinic, signals.word("w")), now=NOW)
    fold = recording.fold

    def stopped_meanwhile(events, purpose):
        """Between reading the events and writing the records."""
        monkeypatch.setattr(recording, "fold", fold)
        threads.elsewhere(writing(live_clinic, no("no", 5, REMINDERS)))
        return fold(events, purpose)

    monkeypatch.setattr(locking, "lock", set)
    monkeypatch.setattr(recording, "fold", stopped_meanwhile)
    writing(live_clinic, yes("yes", 4))()
    contact = Contact.objects.get()
    assert facts(contact) != folded(contact)
