"""Invariant 9, for any person: nothing readable is left, the stop stays, the ledger stays. And the race."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optins import erasing
from optins.consent import gate
from optins.models import ConsentEvent, Contact, InboundDelivery, InboundMessage, OutboundMessage
from tests import signals, threads
from tests.clinic import contact_of, message_of
from tests.rights.conftest import STAFF, erase, fill, person, told
from tests.rights.searching import places_of
from tests.signals import facts, folded

# Country code and a number there, as it is written at home.
NUMBERS = st.one_of(
    st.integers(710000000, 799999999).map(lambda n: ("27", str(n), "0" + str(n))),
    st.integers(700000000, 799999999).map(lambda n: ("254", str(n), f"+254{n}")),
    st.integers(15110000000, 15119999999).map(lambda n: ("49", str(n), f"+49 {n}")),
    st.integers(2012000000, 2019999999).map(lambda n: ("1", str(n), f"+1{n}")),
    st.integers(10000000, 99999999).map(lambda n: ("55", f"119{n}", f"+55119{n}")),
)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=NUMBERS, bsuid=st.from_regex(r"ZA\.[0-9]{14,20}", fullmatch=True))
def test_whoever_is_erased_leaves_no_trace_and_stays_stopped(clinic, number, bsuid):
    code, own, local = number
    digits = code + own
    with signals.undone():
        contact = fill(clinic, digits, local=local, bsuid=bsuid)
        assert places_of(digits, calling_code=code)
        erase(contact)
        told()
        erasing.finish_all()
        assert places_of(digits, "Thandi", bsuid, calling_code=code) == set()
        assert facts(contact) == folded(contact)
        erase(contact)  # a second time is harmless
        assert ConsentEvent.objects.filter(contact=contact, kind="erased").count() == 1
        for purpose in clinic.purposes:
            asked = {"now": timezone.now(), "purpose": purpose, "form": gate.Form.TEMPLATE}
            assert signals.gate.decide(clinic.organisation, number=f"+{digits}", **asked).reason == "erased"
        body = {"phone": f"+{digits}", "channel": "riverside-web", "purposes": "all", "action": "give",
                "evidence": {"reference": "a form"},
                "occurred_at": (timezone.now() + timedelta(seconds=1)).isoformat()}  # fmt: skip
        assert clinic.api("consents", body).status_code == 201
        assert {clinic.gate(key, phone=f"+{digits}")["decision"] for key in clinic.purposes} == {"deny"}


@pytest.mark.django_db(transaction=True)
def test_messages_that_arrive_while_the_person_is_erased_leave_nothing_behind(live_clinic):
    """Whoever comes first: older messages are dropped or removed, and nobody waits for ever."""
    clinic, rounds = live_clinic, 6
    for place in range(rounds):
        digits = f"2782200{place:04}"
        clinic.write(clinic.choose(*clinic.purposes), person=digits)
        contact, at = person(digits), timezone.now()
        sentence = clinic.choose("health-tips")
        texts = (sentence, "Hello", "What is this?", "STOP")

        def write(text, digits=digits, at=at):
            message = message_of(text, person=digits, at=at)
            envelope = {"contacts": [contact_of(digits, "")], "messages": [message]}
            return clinic.deliver(envelope, client=Client()).status_code

        works = [partial(write, text) for text in texts]
        works.insert(place % 5, partial(_erase, contact))
        assert set(threads.together(*works)) == {200, None}
        assert set(InboundDelivery.objects.values_list("state", flat=True)) == {"done"}
        assert not Contact.objects.filter(erased_at=None).exists()
        told()
        erasing.finish_all()
        assert places_of(digits, "Thandi") == set()
        assert facts(contact) == folded(contact)
    assert InboundMessage.objects.count() == 5 * rounds
    assert not OutboundMessage.objects.exists()


def _erase(contact):
    erasing.erase(contact, STAFF, now=timezone.now())
