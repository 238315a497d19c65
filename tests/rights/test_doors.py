"""After an erasure every door meets the suppression: what is older is dropped, what is new begins stopped."""

from datetime import timedelta

import pytest
from django.utils import timezone

from optins.consent import digests, suppressions
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal, SignalError, phone
from optins.imports import batches, work
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    Contact,
    InboundDelivery,
    InboundMessage,
    OutboundMessage,
    Suppression,
)
from tests.clinic import BSUID, THANDI
from tests.rights.conftest import erase, person
from tests.rights.searching import places_of

LOCAL = "082 000 0101"


@pytest.fixture
def erased(clinic):
    """Thandi had agreed to everything, and was erased an hour ago. Returns when."""
    at = timezone.now() - timedelta(hours=1)
    clinic.write(
        clinic.choose(*clinic.purposes, at=at - timedelta(hours=2)), bsuid=BSUID, at=at - timedelta(hours=1)
    )
    contact = person()
    Contact.objects.filter(pk=contact.pk).update(created_at=at - timedelta(hours=1))
    erase(contact, now=at)
    OutboundMessage.objects.all().delete()
    return at


# Each door: (clinic, when the person is said to have agreed) -> None


def by_api(clinic, at):
    body = {"phone": f"+{THANDI}", "channel": "riverside-web", "purposes": "all", "action": "give",
            "occurred_at": at.isoformat(), "evidence": {"note": "Thandi said so"}}  # fmt: skip
    return clinic.api("consents", body)


def by_import(clinic, at):
    lines = ["phone,status,occurred_at,purposes,evidence,name",
             f"{LOCAL},given,{at.isoformat()},all,form,Thandi"]  # fmt: skip
    batch = batches.upload(
        channel=CaptureChannel.objects.get(slug="riverside-web"), content="\n".join(lines).encode(),
        file_name="list.csv", now=timezone.now(), operator="somebody",
    )  # fmt: skip
    batch = batches.preview(batch, batch.mapping, timezone.now())
    foreseen = batch.rows.get().foreseen
    type(batch).objects.filter(pk=batch.pk).update(state="approved")
    batch.refresh_from_db()
    assert work.record_for(batch, 5)
    row = batch.rows.get()
    assert row.outcome == foreseen
    type(batch).objects.filter(pk=batch.pk).delete()
    return row


def by_admin(clinic, at):
    record(
        ConsentSignal(
            organisation=clinic.organisation, identifiers=phone(f"+{THANDI}"), kind="given", actor="staff",
            door="admin", id=f"form/{at}", purposes=tuple(clinic.purposes.values()), occurred_at=at,
            received_at=timezone.now(),
        )
    )  # fmt: skip


def by_webhook(clinic, at):
    clinic.write(clinic.choose(*clinic.purposes, at=at - timedelta(seconds=5)), at=at)


def by_page(clinic, at):
    """The number is typed into the page; what was chosen is sent from her own WhatsApp."""
    clinic.write(clinic.choose(*clinic.purposes, number=f"+{THANDI}", at=at - timedelta(seconds=5)), at=at)


DOORS = {"api": by_api, "import": by_import, "admin": by_admin, "webhook": by_webhook, "page": by_page}
PROVES = {"webhook", "page"}


def go_through(door, clinic, at):
    try:
        return DOORS[door](clinic, at)
    except SignalError:
        return None


@pytest.mark.parametrize("door", DOORS)
def test_what_is_older_than_the_erasure_is_dropped_at_each_door(clinic, erased, door):
    before = ConsentEvent.objects.count()
    answer = go_through(door, clinic, erased - timedelta(minutes=5))
    if door == "api":
        assert (answer.status_code, "erased after" in answer.content.decode()) == (400, True)
    if door == "import":
        assert (answer.outcome, "erased after" in answer.problem) == ("refused", True)
    assert ConsentEvent.objects.count() == before
    assert not Contact.objects.filter(erased_at=None).exists()
    assert clinic.gate()["reason"] == "erased"
    found = places_of(THANDI, "Thandi")
    # A number typed into a page lives with its request alone, as any does.
    assert found <= ({"optins_consentrequest.typed_number"} if door == "page" else set())


@pytest.mark.parametrize("door", DOORS)
def test_what_is_newer_begins_with_the_stop_and_counts_if_it_is_the_persons_own(clinic, erased, door):
    go_through(door, clinic, erased + timedelta(minutes=5))
    contact = Contact.objects.get(erased_at=None)
    first = contact.events.order_by("recorded_at", "id").first()
    assert (first.kind, first.reason, first.purpose) == ("withdrawn", "suppressed", None)
    assert abs(first.occurred_at - erased) < timedelta(seconds=1)
    assert clinic.gate()["decision"] == ("allow" if door in PROVES else "deny")
    # The way it began does not let anything older in either.
    before = ConsentEvent.objects.count()
    go_through("admin", clinic, erased - timedelta(minutes=7))
    clinic.write("STOP", at=erased - timedelta(minutes=6))
    assert ConsentEvent.objects.count() == before
    assert InboundMessage.objects.latest("pk").outcome == "dropped"


def test_a_code_made_before_the_erasure_and_sent_after_it_is_answered_with_a_question(clinic, erased):
    clinic.write(
        clinic.choose("health-tips", at=erased - timedelta(minutes=5)), at=erased + timedelta(minutes=5)
    )
    assert clinic.gate("health-tips")["reason"] == "withdrawn"
    assert [reply.request.kind for reply in clinic.replies() if reply.request] == ["consent"]
    clinic.tap_button("Yes", at=timezone.now() + timedelta(seconds=2))
    assert clinic.gate("health-tips")["decision"] == "allow"


def test_echoes_and_what_became_of_the_last_reply_leave_no_trace(clinic, erased):
    sent = {
        "statuses": [{"id": "wamid.1", "status": "sent", "recipient_id": THANDI, "timestamp": "1760000000"}]
    }
    clinic.deliver(sent)
    clinic.deliver({"messages": [{"to": THANDI, "text": "Goodbye"}]}, **{"X-Turn-Hook-Subscription": "turn"})
    clinic.write("Hello", bsuid=BSUID, person="", at=erased + timedelta(minutes=1))
    assert places_of(THANDI, "Thandi", BSUID) <= {"optins_outboundmessage.address"}  # the answer to her Hello
    clinic.write("Hello", person="27820000303")
    assert bytes(InboundDelivery.objects.latest("pk").body)  # somebody else's stays


def test_keys_rotate_and_entries_of_older_ones_are_met(clinic, erased):
    older = Suppression.objects.first().key
    suppressions.new_key(clinic.organisation)
    assert clinic.gate()["reason"] == "erased"
    go_through("webhook", clinic, erased + timedelta(minutes=5))
    now = timezone.now() + timedelta(seconds=5)
    erase(person(), now=now)
    keys = set(Suppression.objects.values_list("key", flat=True))
    assert keys == {older.pk, suppressions.newest_key(clinic.organisation).pk}
    met = digests.suppressions_of(clinic.organisation, [phone(f"+{THANDI}")[0].text])
    assert len(met) == 2
    assert clinic.gate()["reason"] == "erased"
    assert suppressions.erased_at(suppressions.met(clinic.organisation, phone(f"+{THANDI}"))) == now
