"""Meta's switch for marketing, thrown by somebody who is no contact yet: the same whoever comes first."""

import itertools
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from optins import erasing
from optins.consent import erasure, locking, suppressions
from optins.consent.erasure import By
from optins.consent.signal import phone, whatsapp
from optins.models import Contact, Purpose, SenderStranger
from tests.channels.writing import cloud, write
from tests.clinic import BSUID, SIPHO, THANDI

pytestmark = pytest.mark.once

SCOPE = "riverside-portfolio"
FIVE_DAYS_AGO = timezone.now() - timedelta(days=5)
TIPS, REMINDERS = "health-tips", "appointment-reminders"


def prefer(clinic, value, ago, **who):
    """The switch in WhatsApp, so many seconds ago."""
    at = int((timezone.now() - timedelta(seconds=ago)).timestamp())
    row = {"category": "marketing_messages", "value": value, "timestamp": at, "detail": "…"}
    cloud(clinic, user_preferences=[row | (who or {"wa_id": THANDI, "user_id": BSUID})])


def refused(clinic, ago):
    """A message that Meta did not deliver, for they stopped marketing."""
    at = str(int((timezone.now() - timedelta(seconds=ago)).timestamp()))
    status = {"id": "wamid.x", "status": "failed", "recipient_id": THANDI, "errors": [{"code": 131050}]}
    cloud(clinic, statuses=[status | {"timestamp": at}])


def agree(clinic, person=THANDI):
    """A checkout reports a yes of five days ago."""
    body = {"phone": f"+{person}", "channel": "riverside-transaction", "purposes": [TIPS, REMINDERS]}
    more = {"action": "give", "language": "en", "evidence": {"order": "A1"}}
    at = {"occurred_at": FIVE_DAYS_AGO.isoformat()}
    assert clinic.api("consents", body | more | at, **{"Idempotency-Key": person}).status_code == 201


def send_code(clinic):
    """Their own yes, by which number and user id are the same person's."""
    write(clinic, clinic.choose(TIPS, REMINDERS), from_user_id=BSUID)


@pytest.fixture
def clinic(clinic):
    Purpose.objects.update(requires_confirmation=False)
    return clinic


def answers(clinic, *acts):
    """What the gate says of both purposes after these; then all of it is undone."""
    mark = transaction.savepoint()
    for act in acts:
        act(clinic)
    found = [clinic.gate(key)["reason"] for key in (TIPS, REMINDERS)]
    transaction.savepoint_rollback(mark)
    return found


STOP, RESUME = partial(prefer, value="stop", ago=30), partial(prefer, value="resume", ago=20)
STOP_BY_NUMBER = partial(prefer, value="stop", ago=30, wa_id=THANDI)
STOP_BY_USER_ID = partial(prefer, value="stop", ago=30, user_id=BSUID)
HISTORIES = {
    "stopped": ((agree, STOP), "marketing_stopped"),
    "refused by Meta": ((agree, partial(refused, ago=10)), "marketing_stopped"),
    "stopped and resumed": ((agree, STOP, RESUME), "consent"),
    "resumed alone": ((agree, RESUME), "consent"),
    "stopped, resumed, refused": ((agree, STOP, RESUME, partial(refused, ago=10)), "marketing_stopped"),
    "stopped by one, resumed by both": ((agree, STOP_BY_NUMBER, RESUME), "consent"),
    "stopped by user id": ((agree, send_code, STOP_BY_USER_ID), "marketing_stopped"),
}


@pytest.mark.parametrize("history", HISTORIES)
def test_in_whatever_order_reports_and_the_persons_yes_come_the_gate_says_the_same(clinic, history):
    acts, reason = HISTORIES[history]
    orders = {tuple(answers(clinic, *order, order[0])) for order in itertools.permutations(acts)}
    assert orders == {(reason, "consent")}


def test_a_stop_of_a_stranger_makes_nobody_and_holds_nothing_that_can_be_read(clinic):
    prefer(clinic, "stop", 30)
    assert not Contact.objects.exists()
    kept = str(list(SenderStranger.objects.values()))
    assert kept
    assert THANDI not in kept
    assert BSUID not in kept
    agree(clinic, SIPHO)
    assert clinic.gate(TIPS, phone=f"+{SIPHO}")["decision"] == "allow"
    assert answers(clinic, agree) == ["marketing_stopped", "consent"]


def test_once_they_are_a_contact_nothing_is_left_by_the_names_that_they_have(clinic):
    prefer(clinic, "stop", 30)
    assert SenderStranger.objects.count() == 2
    send_code(clinic)
    assert not SenderStranger.objects.exists()
    assert clinic.gate(TIPS)["reason"] == "marketing_stopped"
    prefer(clinic, "resume", 0)
    assert clinic.gate(TIPS)["decision"] == "allow"


def test_a_resume_grants_nothing_whoever_comes_first(clinic):
    for act in (RESUME, agree):
        act(clinic)
    write(clinic, "STOP")
    prefer(clinic, "resume", -1)
    assert clinic.gate(TIPS)["reason"] == "withdrawn"


def test_another_organisation_hears_nothing_of_it(clinic, stranger):
    prefer(clinic, "stop", 30)
    assert set(SenderStranger.objects.values_list("sender__organisation", flat=True)) == {
        clinic.organisation.pk
    }


def test_a_new_key_for_suppressions_changes_nothing(clinic):
    prefer(clinic, "stop", 30)
    suppressions.new_key(clinic.organisation)
    agree(clinic)
    assert clinic.gate(TIPS)["reason"] == "marketing_stopped"


def test_whoever_is_erased_leaves_no_switch_behind_and_what_is_older_is_dropped(clinic, time_machine):
    prefer(clinic, "stop", 30)
    names = (*phone(f"+{THANDI}"), *whatsapp(bsuid=BSUID, scope=SCOPE))
    [nobody] = erasure.somebody(locking.hold(clinic.organisation, names))
    erasing.erase(nobody, By(actor="person", door="admin"), now=timezone.now())
    assert not SenderStranger.objects.exists()
    prefer(clinic, "stop", 30)
    assert not SenderStranger.objects.exists()
    time_machine.move_to(timezone.now() + timedelta(seconds=10))
    prefer(clinic, "stop", 1)
    assert SenderStranger.objects.exists()
