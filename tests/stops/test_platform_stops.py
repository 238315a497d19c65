"""Stops that platforms report: in a burst, of very many people, and without an id."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_capture import vendor_stops
from optins.models import (
    Contact,
    ContactIdentifier,
    ReviewItem,
    SenderContact,
)
from tests.clinic import SIPHO, THANDI, message_of
from tests.signing_in import signed_in
from tests.stops.answers import TIPS
from tests.stops.statuses import refused

pytestmark = pytest.mark.once


def people(clinic, count):
    """So many people who agreed, made past the door."""
    contacts = Contact.objects.bulk_create(Contact(organisation=clinic.organisation) for _ in range(count))
    for place, contact in enumerate(contacts):
        for scheme, value in (("phone", f"+2782555{place:04}"), ("wa_id", f"2782555{place:04}")):
            ContactIdentifier.objects.create(
                organisation=clinic.organisation, contact=contact, scheme=scheme, value=value
            )
    SenderContact.objects.bulk_create(
        SenderContact(sender=clinic.sender, contact=contact, desired={}, next_attempt_at=timezone.now())
        for contact in contacts
    )
    return [f"2782555{place:04}" for place in range(count)]


def decided_by_staff(clinic, decision):
    """The owner decides on the review page; returns to whom marketing is stopped then."""
    client = signed_in(clinic.demo.admin)
    assert "stops parked" in client.get("/admin/").content.decode()
    page = client.get("/admin/optins/reviewitem/").content.decode()
    assert "Very many stops at once" in page
    address = f"/admin/optins/reviewitem/parked/{clinic.sender.pk}/"
    assert client.post(address, {"decision": "no such"}).status_code == 400
    assert client.post(address, {"decision": decision}).status_code == 302
    assert not SenderContact.objects.exclude(marketing_stop_parked_at=None).exists()
    return [row.marketing_is_stopped for row in SenderContact.objects.order_by("contact")]


def test_a_burst_of_a_platforms_stops_is_parked_and_denies_marketing_meanwhile(
    clinic, monkeypatch, time_machine
):
    monkeypatch.setattr(vendor_stops, "MOST", 5)
    numbers, now = people(clinic, 9), timezone.now()
    for _time in (1, 2):
        clinic.deliver({"statuses": [refused(number, now) for number in numbers]})
    rows = SenderContact.objects.order_by("contact")
    assert [bool(row.marketing_stopped_at) for row in rows] == [True] * 5 + [False] * 4
    assert [bool(row.marketing_stop_parked_at) for row in rows] == [False] * 5 + [True] * 4
    assert all(row.marketing_is_stopped for row in rows)
    assert {clinic.gate(TIPS, phone=f"+{n}")["reason"] for n in numbers} == {"marketing_stopped"}
    assert clinic.events() == []
    assert decided_by_staff(clinic, "mistake") == [True] * 5 + [False] * 4
    clinic.deliver({"statuses": [refused(number, now) for number in numbers]})
    assert decided_by_staff(clinic, "stop") == [True] * 9
    # An hour later it is no burst any more.
    time_machine.move_to(now + timedelta(minutes=61))
    clinic.write(clinic.choose(TIPS), person=SIPHO)
    clinic.deliver({"statuses": [refused(SIPHO, timezone.now())]})
    assert SenderContact.objects.latest("pk").marketing_stop_parked_at is None


def test_stops_of_people_are_never_parked_however_many(clinic):
    stops = [message_of("STOP", person=f"2782666{place:04}", at=timezone.now()) for place in range(60)]
    clinic.deliver({"contacts": [], "messages": stops})
    assert clinic.events() == [("withdrawn", None, True)] * 60
    assert not ReviewItem.objects.exists()


def test_a_stop_without_an_id_of_its_vendor_is_never_taken_for_an_earlier_one(clinic):
    stop = message_of("STOP", person=THANDI, at=timezone.now())
    del stop["id"]
    for _time in (1, 2):
        assert clinic.deliver({"contacts": [], "messages": [stop, stop]}).status_code == 200
    assert clinic.events() == [("withdrawn", None, True)] * 4
    # The same without an id that stops nothing is no act, and is left to the organisation's own bot.
    clinic.deliver({"contacts": [], "messages": [{**stop, "text": {"body": "hello"}}]})
    assert len(clinic.events()) == 4
