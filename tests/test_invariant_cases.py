"""The invariants case by case: what a random history seldom meets."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from optins.consent import digests
from optins.consent.recording import record
from optins.consent.signal import SignalError
from optins.models import ConsentEvent, ConsentRequest, Contact, ContactIdentifier, Evidence, ReviewItem
from tests import signals
from tests.clinic import THANDI
from tests.signals import BSUID, DIGITS, NOON, OTHER_DIGITS, REMINDERS, TIPS, no, record_all, word, yes


def reason(clinic, purpose=REMINDERS, **who):
    return str(signals.decide(clinic, purpose, **who).reason)


# One event, and what becomes of its evidence


def test_the_same_signal_in_two_channels_is_two_acts(clinic):
    first = signals.signal(clinic, yes("a"))
    record(first)
    record(replace(first, connection="another"))
    assert ConsentEvent.objects.count() == 4


def test_an_answer_that_seems_older_than_its_question_counts_from_the_question(clinic):
    request = ConsentRequest.objects.create(
        organisation=clinic.organisation,
        channel=clinic.thread,
        translation=clinic.web.notice.published().translations.first(),
        language="en",
        asked_at=NOON + timedelta(seconds=5),
        expires_at=NOON + timedelta(days=1),
    )
    record_all(clinic, no("stop", 4))
    early = signals.signal(clinic, yes("a", 3, asked=5))
    event = record(replace(early, request=request)).events[0]
    assert event.occurred_at == request.asked_at
    assert signals.decide(clinic).allowed


def test_a_webhook_ahead_of_time_is_clamped_to_its_arrival_and_any_other_door_refused(clinic):
    ahead = signals.signal(clinic, yes("a", 3600))
    assert record(ahead).events[0].occurred_at == signals.RECEIVED
    five_minutes = (signals.RECEIVED - NOON).total_seconds() + 300
    record_all(clinic, word("b", five_minutes))
    with pytest.raises(SignalError, match="five minutes"):
        record_all(clinic, word("c", five_minutes + 1))


def test_evidence_that_no_database_keeps_never_costs_the_act(clinic):
    payload = {"text": "STOP \ud83d\0", "at": 1e22, "odd": float("inf"), "deep": [{"n": 2.50}, None, True]}
    event = record(replace(signals.signal(clinic, no("a")), evidence=payload)).events[0]
    evidence = Evidence.objects.get(event=event, part="act")
    assert evidence.payload["text"] == "STOP \ufffd\ufffd"
    assert evidence.payload["deep"] == [{"n": 2.5}, None, True]
    assert digests.evidence(evidence.payload, evidence.salt) == event.evidence_digests["act"]


def test_what_an_event_covers_with_its_mac_comes_back_from_the_database_unchanged(clinic):
    made = record_all(clinic, yes("a", 0.123456)).events[0]
    kept = ConsentEvent.objects.get(pk=made.pk)
    assert digests.event_bytes(kept) == digests.event_bytes(made)
    assert digests.event_mac(kept) == kept.mac


# What no door may send


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": ""},
        {"purposes": ()},
        {"identifiers": ()},
        {"proved": True, "door": "api"},
        {"proved": True, "door": "import", "actor": "import"},
        {"proved": True, "actor": "platform"},
        {"voids": "abc"},
    ],
    ids=str,
)
def test_a_signal_that_cannot_be_is_refused(clinic, wrong):
    with pytest.raises(SignalError):
        replace(signals.signal(clinic, word("a", door="webhook")), **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"door": "api"},
        {"door": "web"},
        {"actor": "staff"},
        {"purpose_id": None},
        {"voids": "abc"},
    ],
    ids=str,
)
def test_the_database_refuses_such_an_event_too(clinic, wrong):
    event = record_all(clinic, yes("a")).events[0]
    values = {f.attname: getattr(event, f.attname) for f in ConsentEvent._meta.concrete_fields}
    copy = ConsentEvent(**values | {"id": None, "key": "another"} | wrong)
    copy.pk = ConsentEvent._meta.pk.get_default()
    with pytest.raises(IntegrityError), signals.undone():
        copy.save(force_insert=True)


def test_no_part_of_a_signal_may_belong_to_another_organisation(clinic, stranger):
    mine = signals.signal(clinic, yes("a"))
    contact = Contact.objects.create(organisation=stranger.organisation)
    for part in ({"contact": contact}, {"channel": stranger.channel}, {"purposes": (stranger.purpose,)}):
        with pytest.raises(SignalError, match="another organisation"):
            replace(mine, **part)


# Linked contacts


def test_a_message_with_number_and_bsuid_of_two_contacts_proposes_a_link_once_and_merges_nothing(clinic):
    record_all(clinic, yes("a"), yes("b", digits="", bsuid=BSUID))
    for id in "cde":
        record_all(clinic, yes(id, 1, bsuid=BSUID))
    assert Contact.objects.count() == 2
    assert ReviewItem.objects.filter(kind="link", decided_at=None).count() == 1


def test_a_stop_reaches_linked_contacts_and_a_grant_only_the_one_that_sent(clinic):
    record_all(clinic, yes("a"), yes("b", digits="", bsuid=BSUID), yes("both", 1, bsuid=BSUID))
    record_all(clinic, no("stop", 2, digits="", bsuid=BSUID))
    assert reason(clinic) == reason(clinic, bsuid=BSUID) == "withdrawn"
    record_all(clinic, yes("again", 3))
    assert signals.decide(clinic).allowed
    assert reason(clinic, bsuid=BSUID) == "withdrawn"


def test_a_stop_that_is_older_than_the_link_reaches_the_other_when_the_link_is_found(clinic):
    record_all(clinic, yes("a"), no("stop", 2, digits="", bsuid=BSUID))
    assert signals.decide(clinic).allowed
    record_all(clinic, yes("both", 1, bsuid=BSUID))
    assert reason(clinic) == "withdrawn"


def test_a_stop_reaches_along_a_chain_of_links(clinic):
    record_all(clinic, *(yes(digits, digits=digits) for digits in (DIGITS, OTHER_DIGITS)))
    record_all(clinic, yes("b", digits="", bsuid=BSUID))
    record_all(clinic, yes("c", 1, bsuid=BSUID), yes("d", 1, digits=OTHER_DIGITS, bsuid=BSUID))
    record_all(clinic, no("stop", 2, kind="refused"))
    assert reason(clinic, number=f"+{OTHER_DIGITS}") == reason(clinic, bsuid=BSUID) == "refused"


def test_an_erasure_stops_a_linked_contact_and_does_not_erase_it(clinic):
    record_all(clinic, yes("a"), yes("b", digits="", bsuid=BSUID), yes("both", 1, bsuid=BSUID))
    record_all(clinic, no("gone", 2, kind="erased"))
    assert reason(clinic) == "erased"
    assert reason(clinic, bsuid=BSUID) == "withdrawn"
    record_all(clinic, yes("again", 3, digits="", bsuid=BSUID))
    assert signals.decide(clinic, bsuid=BSUID).allowed


def test_what_a_proof_came_from_is_verified_and_nothing_else(clinic):
    record_all(clinic, word("a"), yes("b", 1, digits="", bsuid=BSUID))
    verified = ContactIdentifier.objects.exclude(verified_at=None).values_list("value", flat=True)
    assert set(verified) == {BSUID}


# Silence


def no_event(clinic):
    return ConsentEvent.objects.count() == 0 == clinic.contacts()


@pytest.mark.parametrize("text", ["ok", "OK 👍", "👍", "yes", "ja", "thanks", "", "   ", "."])
def test_a_yes_to_no_question_is_no_event(clinic, text):
    assert clinic.write(text).status_code == 200
    assert no_event(clinic)


@pytest.mark.parametrize("state", ["sent", "delivered", "read", "failed", "deleted", "warning"])
def test_what_becomes_of_a_message_is_no_event(clinic, state):
    status = {"id": "wamid.x", "status": state, "timestamp": "1763629200", "recipient_id": THANDI}
    assert clinic.deliver({"statuses": [status]}).status_code == 200
    assert no_event(clinic)


def test_neither_a_click_on_an_ad_nor_a_reaction_nor_a_missed_call_is_an_event(clinic):
    now = {"from": THANDI, "timestamp": str(int(timezone.now().timestamp()))}
    ad = {"source_type": "ad", "source_id": "1", "headline": "Join", "body": "Get health tips"}
    clinic.deliver({"messages": [{**now, "id": "1", "type": "text", "text": {"body": "Hi"}, "referral": ad}]})
    reaction = {"message_id": "wamid.x", "emoji": "👍"}
    clinic.deliver({"messages": [{**now, "id": "2", "type": "reaction", "reaction": reaction}]})
    clinic.deliver({"calls": [{**now, "id": "3", "event": "terminate", "status": "FAILED"}]})
    assert no_event(clinic)


def test_neither_an_opened_page_nor_one_sent_with_nothing_ticked_is_an_event(clinic):
    page = clinic.client.get(f"/c/{clinic.web.slug}/")
    assert b" checked" not in page.content
    clinic.client.post(f"/c/{clinic.web.slug}/", {"phone": "0820000101", "country": "ZA"})
    clinic.choose(TIPS, number="0820000101")
    assert no_event(clinic)


def test_asking_for_a_code_is_no_event(clinic):
    body = {"phone": f"+{THANDI}", "channel": "riverside-web", "purposes": "all", "action": "request"}
    assert clinic.api("consents", body).json()["events"] == []
    assert no_event(clinic)
