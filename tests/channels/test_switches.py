"""What Meta says of a person: marketing stopped or resumed there, and a number or user id that changed."""

import itertools
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from optins.models import ConsentEvent, OutboundMessage, SenderContact
from tests.channels.writing import cloud, write
from tests.clinic import BSUID, THANDI

pytestmark = pytest.mark.once

NEW_NUMBER, NEW_BSUID = "27820000102", "ZA.13491208655300000002"
TIPS, REMINDERS = "health-tips", "appointment-reminders"


@pytest.fixture
def agreed(clinic):
    """Thandi has said yes to everything, by her number and with a user id."""
    write(clinic, clinic.choose(REMINDERS, TIPS), from_user_id=BSUID)
    assert clinic.gate(TIPS)["decision"] == "allow"
    return clinic


def prefer(clinic, value, at):
    row = {"wa_id": THANDI, "user_id": BSUID, "category": "marketing_messages", "value": value}
    cloud(clinic, user_preferences=[{**row, "detail": "…", "timestamp": int(at.timestamp())}])


def refused(clinic, code, at):
    status = {"id": "wamid.x", "status": "failed", "recipient_id": THANDI, "errors": [{"code": code}]}
    cloud(clinic, statuses=[{**status, "timestamp": str(int(at.timestamp()))}])


def test_metas_switch_stops_marketing_at_this_sender_and_its_resume_lifts_that_alone(agreed):
    now = timezone.now()
    acts = [
        lambda: prefer(agreed, "stop", now - timedelta(seconds=30)),
        lambda: prefer(agreed, "resume", now - timedelta(seconds=20)),
        lambda: refused(agreed, 131050, now - timedelta(seconds=10)),
    ]
    for order in itertools.permutations(acts):
        SenderContact.objects.update(marketing_stopped_at=None, marketing_resumed_at=None)
        for act in (*order, order[0]):
            act()
        assert agreed.gate(TIPS)["reason"] == "marketing_stopped"
        assert agreed.gate(REMINDERS)["decision"] == "allow"
    prefer(agreed, "resume", now)
    assert agreed.gate(TIPS)["decision"] == "allow"
    assert {kind for kind, *_ in agreed.events()} == {"given"}


def test_a_resume_grants_nothing_and_lifts_no_stop_of_the_persons_own(agreed):
    write(agreed, "STOP")
    prefer(agreed, "stop", timezone.now() - timedelta(seconds=9))
    prefer(agreed, "resume", timezone.now())
    assert agreed.gate(TIPS)["reason"] == "withdrawn"
    assert agreed.gate(REMINDERS)["reason"] == "withdrawn"


def test_a_switch_of_a_stranger_or_of_another_category_makes_nobody(clinic):
    prefer(clinic, "stop", timezone.now())
    cloud(clinic, user_preferences=[{"wa_id": THANDI, "category": "weather", "value": "stop"}])
    assert clinic.contacts() == 0


def moves(clinic, kind, number=THANDI, **system):
    stamp = str(int(timezone.now().timestamp()))
    message = {
        "id": f"wamid.{kind}",
        "timestamp": stamp,
        "type": "system",
        "system": {**system, "type": kind},
    }
    cloud(clinic, messages=[message | ({"from": number} if number else {})])


def test_a_changed_number_ends_consent_for_the_old_one_and_asks_anew_at_the_new_one(agreed):
    OutboundMessage.objects.all().delete()
    moves(agreed, "user_changed_number", wa_id=NEW_NUMBER)
    moves(agreed, "user_changed_user_id", wa_id=NEW_NUMBER, user_id=NEW_BSUID)
    moves(agreed, "user_changed_number", wa_id=NEW_NUMBER)
    ended = ConsentEvent.objects.filter(kind="invalidated")
    acts = {(e.purpose, e.reason, e.actor, e.proved) for e in ended}
    assert acts == {(None, "number_changed", "platform", False)}
    assert agreed.gate(TIPS)["reason"] == "invalidated"
    assert agreed.gate(TIPS, phone=f"+{NEW_NUMBER}")["reason"] == "unknown_contact"
    [question] = OutboundMessage.objects.all()
    assert (question.address, len(question.buttons)) == (NEW_NUMBER, 3)
    write(agreed, "yes", **{"from": NEW_NUMBER})
    assert agreed.gate(TIPS, phone=f"+{NEW_NUMBER}")["decision"] == "allow"
    # Whoever has the old number next has agreed to nothing.
    write(agreed, "yes")
    assert agreed.gate(TIPS)["reason"] == "invalidated"


def test_a_changed_number_ends_consent_also_where_the_platform_gives_no_id(agreed):
    system = {"type": "user_changed_number", "wa_id": NEW_NUMBER}
    cloud(agreed, messages=[{"from": THANDI, "type": "system", "system": system}])
    assert agreed.gate(TIPS)["reason"] == "invalidated"


def test_a_new_user_id_of_the_same_number_changes_nothing_and_of_another_ends_consent(agreed):
    def update(number):
        ids = {"previous": BSUID, "current": NEW_BSUID}
        cloud(agreed, user_id_update=[{"wa_id": number, "user_id": ids, "timestamp": "1795166201"}])

    update(THANDI)
    assert agreed.gate(TIPS)["decision"] == "allow"
    moves(agreed, "user_changed_user_id", "", user_id=NEW_BSUID, wa_id=NEW_NUMBER)
    assert agreed.gate(TIPS)["decision"] == "allow"  # it does not say whose
    cloud(agreed, user_id_update=[{"user_id": {"previous": BSUID, "current": NEW_BSUID}}])
    assert agreed.gate(TIPS)["reason"] == "invalidated"


def test_a_shared_number_is_the_persons_own_only_when_it_was_asked_for(agreed):
    def share(origin, user_id):
        card = {"origin": origin, "phones": [{"phone": "+27 82 000 0303", "wa_id": "27820000303"}]}
        write(agreed, "", **{"from": "", "from_user_id": user_id, "type": "contacts", "contacts": [card]})

    share("other", BSUID)
    assert agreed.gate(TIPS, phone="+27820000303")["reason"] == "unknown_contact"
    share("contact_request", BSUID)
    assert agreed.gate(TIPS, phone="+27820000303")["decision"] == "allow"


def test_an_edited_or_deleted_yes_stands_and_an_edit_to_stop_stops(agreed):
    write(agreed, "", type="revoke", revoke={"original_message_id": "wamid.1"})
    write(agreed, "", type="edit", edit={"message": {"type": "text", "text": {"body": "maybe"}}})
    assert agreed.gate(TIPS)["decision"] == "allow"
    write(agreed, "", type="edit", edit={"message": {"type": "text", "text": {"body": "STOP"}}})
    assert agreed.gate(TIPS)["reason"] == "withdrawn"


@pytest.mark.parametrize(
    "edited",
    [
        {"text": {"body": "STOP"}, "edit": {"original_message_id": "wamid.1"}},
        {"edit": {"original_message_id": "wamid.1", "text": {"body": "STOP"}}},
        {"edit": {"message": {"text": {"body": "STOP"}}}, "text": {"body": "What it said before"}},
    ],
)
def test_an_edit_to_stop_is_read_wherever_its_text_may_stand(agreed, edited):
    message = {"from": THANDI, "id": "wamid.edit", "type": "edit", "timestamp": str(int(time.time()))}
    cloud(agreed, messages=[message | edited])
    assert agreed.gate(TIPS)["reason"] == "withdrawn"
