"""Erasure reaches what calls, USSD sessions and missed calls leave."""

from datetime import timedelta

from django.utils import timezone

from channels_capture.ivr.tests.phones import Phone as Call
from channels_capture.missed_call.tests import ring
from channels_capture.ussd.tests.phones import TIPS
from channels_capture.ussd.tests.phones import Phone as Session
from optins.models import ConsentEvent, ConsentRequest
from tests.clinic import THANDI
from tests.rights.conftest import erase, person
from tests.rights.searching import cells, is_in


def found():
    return {where for where, value in cells() if is_in(value, THANDI.removeprefix("27"))}


def test_nothing_readable_is_left_of_somebody_who_called_and_dialled(clinic, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    ring(clinic, next(row for row in clinic.demo.channels if row.kind == "missed_call"))
    for provider in ("twilio", "africastalking", "vonage"):
        call = Call(clinic, provider)
        call.dial()
        for key in ("1", "1", "2"):
            call.press(key)
    session = Session(clinic)
    session.dial()
    session.type("1")
    session.read_on()
    session.type("1")
    assert session.end() == "confirmed"
    assert {"optins_inbounddelivery.body", "optins_evidence.payload"} <= found()
    assert ConsentRequest.objects.filter(typed_number=f"+{THANDI}").count() == 4

    time_machine.shift(timedelta(seconds=5))
    erase(person())
    assert found() == set()
    assert clinic.gate()["reason"] == "erased"
    assert ConsentEvent.objects.filter(kind="given").count() == 4
    time_machine.shift(timedelta(seconds=5))
    assert session.type("1").startswith("END Thank you")  # to what was asked before they were erased
    assert clinic.gate(TIPS)["reason"] == "withdrawn"
