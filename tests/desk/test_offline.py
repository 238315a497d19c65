"""What a device captured without a connection counts once, whenever it comes, and only with its signature."""

import json
import re
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.db import transaction
from django.test import Client

from channels_capture import intake
from channels_capture.desk import devices
from optins.models import (
    ConsentEvent,
    ConsentRecord,
    ConsentRequest,
    DeskCapture,
    Device,
    InboundDelivery,
    InboundMessage,
    Membership,
    User,
)
from tests import threads
from tests.clinic import SIPHO, THANDI, contact_of, message_of
from tests.desk.conftest import Agent, Browser
from tests.documented import TEXTS
from tests.signing_in import signed_in

BOTH = ("appointment-reminders", "health-tips")
NUMBER = f"0{THANDI[2:]}"


def ledger():
    """What is on record, without the times of recording."""
    rows = ConsentEvent.objects.select_related("purpose").order_by("proved", "purpose__key")
    return [
        (e.kind, e.purpose.key, e.proved, e.occurred_at, e.asked_at, e.channel.kind, e.request.shown)
        for e in rows
    ]


def grants():
    return set(ConsentRecord.objects.values_list("purpose__key", "grant__proved", "proof__proved", "stop"))


@pytest.mark.parametrize("number", ["", NUMBER])
def test_whether_code_or_entry_comes_first_the_record_is_the_same(clinic, tablet, number, time_machine):
    start = datetime.now(UTC)
    # A clock that runs would be set right by the time that an upload takes.
    time_machine.move_to(start + timedelta(minutes=90), tick=False)
    text = tablet.entry(tablet.codes[0], *BOTH, at=start + timedelta(minutes=30), number=number)
    found = []
    for order in (("entry", "code"), ("code", "entry")):
        mark = transaction.savepoint()
        for step in order:
            if step == "entry":
                assert tablet.upload(text) == "recorded"
            else:
                clinic.write(f"Yes {tablet.codes[0]}", at=start + timedelta(minutes=31))
        assert clinic.gate()["decision"] == "allow"
        found.append((ledger(), grants()))
        transaction.savepoint_rollback(mark)
    assert found[0] == found[1]
    assert len(found[0][0]) == (4 if number else 2)
    assert {row[4] for row in found[0][0]} == {(start + timedelta(minutes=30)).replace(microsecond=0)}


def test_a_code_before_its_entry_makes_no_act_and_is_answered_once_it_counts(clinic, tablet):
    code = tablet.codes[0]
    clinic.write(f"Yes {code}")
    assert (clinic.events(), clinic.replies(), clinic.contacts()) == ([], [], 0)
    assert InboundMessage.objects.get().outcome == "wait"
    text = tablet.entry(code, "health-tips")
    assert [tablet.upload(text), tablet.upload(text)] == ["recorded", "recorded"]
    assert clinic.events() == [("given", "health-tips", True)]
    assert "Thank you" in clinic.replies()[0].text
    assert InboundMessage.objects.get().outcome == "give"


@pytest.mark.once
def test_a_stop_with_a_code_in_stock_stops_at_once(clinic, tablet):
    clinic.write(clinic.choose("health-tips"))
    clinic.write(f"STOP {tablet.codes[0]}")
    assert clinic.gate("health-tips")["reason"] == "withdrawn"


def test_an_entry_counts_once_and_its_code_for_nothing_else(clinic, tablet):
    code = tablet.codes[0]
    text = tablet.entry(code, "health-tips", number=NUMBER)
    other = tablet.entry(code, *BOTH)
    same_id = tablet.entry(tablet.codes[1], *BOTH, id=json.loads(text)["id"])
    assert tablet.upload(text, text, other, same_id) == [
        "recorded",
        "recorded",
        "This code was used before, for something else.",
        "An entry with this id is on record, with another code.",
    ]
    assert clinic.events() == [("given", "health-tips", False)]
    capture = DeskCapture.objects.exclude(captured_at=None).get()
    assert capture.noted == {"place": "Market, stall 4"}
    said = ConsentEvent.objects.get().evidence.get(part="act").payload
    assert (said["device"], said["entry"]) == (tablet.id, capture.digest)


@pytest.mark.once
def test_what_is_not_signed_by_the_device_is_refused(clinic, tablet):
    text = tablet.entry(tablet.codes[0], "health-tips")
    wrong = "The signature is not this device's."
    another = Browser(tablet.agent)
    assert tablet.upload(text, signature=another.sign(text)) == wrong
    assert (
        tablet.upload(text.replace("health-tips", "appointment-reminders"), signature=tablet.sign(text))
        == wrong
    )
    for signature in ("", "AAAA", "not base64", tablet.sign(text)[:-4], "A" * 86 + "=="):
        assert tablet.upload(text, signature=signature or " ") == wrong
    # Another device has not got this code, though it signs well.
    foreign = "This code is not of this device's stock, or it was removed 30 days after it had expired."
    assert another.upload(text) == foreign
    assert (
        tablet.upload(tablet.entry("", "health-tips"), tablet.entry("K7QX2M9A", "health-tips"))
        == [foreign] * 2
    )
    assert (clinic.events(), DeskCapture.objects.exclude(captured_at=None).count()) == ([], 0)


def test_a_device_that_was_revoked_or_whose_agent_left_is_refused(clinic, tablet):
    text = tablet.entry(tablet.codes[0], "health-tips", number=NUMBER)
    Device.objects.update(revoked_at=datetime.now(UTC))
    assert tablet.upload(text) == "This device was revoked."
    Device.objects.update(revoked_at=None)
    # A colleague may bring what the agent captured; it stays the agent's.
    owner = signed_in("owner")
    assert tablet.upload(text, client=owner) == "recorded"
    agent = User.objects.get(username="agent")
    assert ConsentEvent.objects.get().actor_reference == f"user:{agent.pk}"
    Membership.objects.filter(user=agent).delete()
    assert tablet.upload(text, client=owner) == "This device was revoked."


def test_a_device_and_its_channels_are_of_one_organisation(clinic, tablet, stranger):
    user = User.objects.create_user("other-agent")
    Membership.objects.create(user=user, organisation=stranger.organisation, role="agent")
    elsewhere = signed_in(user)
    text = tablet.entry(tablet.codes[0], "health-tips")
    assert tablet.upload(text, client=elsewhere) == "This device is not known."
    asked = {"device": tablet.id, "channel": tablet.agent.channel().slug, "have": 0}
    assert tablet.ask("stock", asked, elsewhere).status_code == 422
    asked = {"organisation": clinic.organisation.slug, "public_key": "", "name": ""}
    assert tablet.ask("devices", asked, elsewhere).status_code == 404


@pytest.mark.once
def test_an_entry_that_no_page_of_ours_writes_is_refused_and_holds_up_no_other(clinic, tablet):
    code = tablet.codes[0]
    wrong = [
        "{",
        "[]",
        "7",
        tablet.entry(code, "health-tips", id="x"),
        tablet.entry(code, "health-tips", captured_at="today"),
        tablet.entry(code, "health-tips", captured_at="2026-11-24T09:00:00"),
        tablet.entry(code, "health-tips", noted=7),
        tablet.entry(code),
        tablet.entry(code, "no-such-purpose"),
        tablet.entry(code, "health-tips", version="0" * 64),
        tablet.entry(code, "health-tips", channel="riverside-web"),
        tablet.entry(code, "health-tips", noted=" "),
        tablet.entry(code, "health-tips", number="12"),
        tablet.entry(code, "health-tips", number="+27 82 000 0900"),
        tablet.entry(code, "health-tips", noted="x\0"),
    ]
    assert "recorded" not in tablet.upload(*wrong)
    assert tablet.upload(*wrong[:3], tablet.entry(code, "health-tips"))[-1] == "recorded"
    for body in ({}, {"device": 7}, {"device": tablet.id, "now": "x", "entries": []}, []):
        assert tablet.ask("entries", body).status_code in (400, 422)


@pytest.mark.once
def test_a_wrong_clock_is_set_right_and_never_asks_after_the_answer(clinic, tablet, time_machine):
    start = datetime.now(UTC).replace(microsecond=0)
    one, two = tablet.codes[:2]
    time_machine.move_to(start + timedelta(hours=2))
    clinic.write(one, at=start + timedelta(minutes=61))
    ahead = timedelta(days=3)
    device_says = start + timedelta(minutes=60) + ahead
    tablet.upload(tablet.entry(one, "health-tips", at=device_says), now=start + timedelta(hours=2) + ahead)
    # A device that says nothing of being three days ahead.
    clinic.write(two, at=start + timedelta(minutes=62), person=SIPHO)
    tablet.upload(tablet.entry(two, "health-tips", at=device_says))
    asked = ConsentEvent.objects.order_by("occurred_at").values_list("asked_at", "occurred_at")
    minutes = [[round((at - start).total_seconds() / 60) for at in row] for row in asked]
    assert minutes == [[60, 61], [62, 62]]


def test_a_code_that_was_kept_for_too_long_is_refused_and_whoever_sends_it_is_asked(
    clinic, tablet, time_machine
):
    time_machine.move_to(datetime.now(UTC) + timedelta(days=15))
    tablet.agent.client.force_login(User.objects.get(username="agent"))
    old, late = tablet.codes[:2]
    assert "kept for too long" in tablet.upload(tablet.entry(old, "health-tips"))
    clinic.write(old)
    assert clinic.replies()[0].buttons
    # What was captured in time may be uploaded late.
    assert (
        tablet.upload(tablet.entry(late, "health-tips", at=datetime.now(UTC) - timedelta(days=8)))
        == "recorded"
    )


def test_the_stock_is_filled_up_and_bounded(clinic, tablet, monkeypatch):
    monkeypatch.setattr(devices, "MOST_IN_STOCK", 30)
    channel = tablet.agent.channel()
    assert len(tablet.codes) == 5
    for _ in range(3):
        tablet.ask("stock", {"device": tablet.id, "channel": channel.slug, "have": 0})
    assert ConsentRequest.objects.filter(capture__captured_at=None).count() == 30
    assert not ConsentRequest.objects.filter(purposes__isnull=False).exists()


@pytest.mark.once
def test_the_page_brings_its_scripts_and_nothing_of_any_person(clinic, agent):
    agent.capture("health-tips", number=NUMBER)
    page = agent.client.get("/desk/app/").content.decode()
    assert "Sayso" in page
    assert THANDI[2:] not in page
    data = json.loads(page.split('type="application/json">')[1].split("</script>")[0])
    assert {row["slug"] for row in data["channels"]} == {"riverside-in-person", "riverside-service-call"}
    assert len(data["channels"][0]["scripts"]) == 10
    manifest = Agent(clinic).client.get("/desk/manifest.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    assert manifest.json()["start_url"] == "/desk/app/"
    worker = agent.client.get("/desk/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "/desk/app/" in worker.content.decode().replace("\\u002D", "-")


@pytest.mark.once
def test_the_example_in_the_documentation_is_taken_as_shown(tablet):
    block = re.search(r'^    (\{"device".*?\]\})$', TEXTS["docs/desk.md"], re.M | re.S)[1]
    said = json.loads(json.loads(block)["entries"][0]["entry"])
    own = json.loads(tablet.entry(tablet.codes[0], "health-tips"))
    assert said.keys() == own.keys()
    text = json.dumps(said | {name: own[name] for name in ("id", "code", "version", "captured_at")})
    body = json.loads(block) | {"device": tablet.id}
    body["entries"] = [{"entry": text, "signature": tablet.sign(text)}]
    assert f"    {json.dumps(tablet.ask('entries', body).json())}\n" in TEXTS["docs/desk.md"]


@pytest.mark.once
def test_no_two_stocks_share_a_code(tablet):
    assert len({*tablet.codes, *Browser(tablet.agent).codes}) == 10
    assert uuid.UUID(tablet.id)


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_entry_and_code_meet_all_the_same(live_clinic):
    tablet = Browser(Agent(live_clinic))
    for place, code in enumerate(tablet.codes):
        digits = f"2782200{place:04}"
        text = tablet.entry(code, *BOTH, number=f"+{digits}")
        envelope = {
            "contacts": [contact_of(digits, "")],
            "messages": [message_of(code, person=digits, at=live_clinic.now())],
        }
        clients = [signed_in("agent") for _ in range(2)]
        uploads = [partial(tablet.upload, text, client=client) for client in clients]
        said = threads.together(*uploads, partial(live_clinic.deliver, envelope, client=Client()))
        assert said[:2] == ["recorded"] * 2
        assert said[2].status_code == 200
        # Whose message was read in the very moment of the upload is tried again by the worker.
        for delivery in InboundDelivery.objects.filter(state="waiting"):
            intake.process(delivery, live_clinic.now())
        events = ConsentEvent.objects.filter(contact__identifiers__value=f"+{digits}")
        assert sorted(events.values_list("kind", "proved")) == [("given", False)] * 2 + [("given", True)] * 2
        assert live_clinic.gate(phone=f"+{digits}")["decision"] == "allow"
