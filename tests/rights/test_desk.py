"""Erasure reaches what staff collected at the desk, also what is uploaded after it."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from optins.models import ConsentRequest, DeskCapture, Organisation
from tests import threads
from tests.clinic import SIPHO
from tests.desk.conftest import Agent, Browser
from tests.rights.conftest import erase, person
from tests.rights.searching import places_of
from tests.signing_in import signed_in

KENYAN = "254712345678"
DROPPED = "The person was erased after that: it is not recorded."


def in_kenya():
    """There one may ask again after a no, so that nothing else keeps a capture out."""
    Organisation.objects.update(country="KE")


def test_an_offline_entry_about_somebody_erased_since_is_dropped_by_itself_and_leaves_nothing(clinic):
    in_kenya()
    tablet = Browser(Agent(clinic))
    clinic.write(clinic.choose("health-tips"), person=KENYAN)
    old = tablet.entry(tablet.codes[0], "health-tips", number=f"+{KENYAN}", noted="Stall of Wanjiru")
    good = tablet.entry(tablet.codes[1], "health-tips", number="+254712345999")
    erase(person(KENYAN), now=timezone.now() + timedelta(seconds=1))
    for _time in range(2):
        assert tablet.upload(old, good) == [DROPPED, "recorded"]
    assert clinic.events().count(("given", "health-tips", False)) == 1
    assert not ConsentRequest.objects.filter(typed_number=f"+{KENYAN}").exists()
    assert "optins_deskcapture.noted" not in places_of(KENYAN, "Wanjiru", calling_code="254")


def test_whoever_sent_the_code_of_an_entry_that_was_dropped_is_asked(clinic):
    in_kenya()
    tablet = Browser(Agent(clinic))
    clinic.write(clinic.choose("health-tips"), person=KENYAN)
    text = tablet.entry(tablet.codes[0], "health-tips", number=f"+{KENYAN}")
    erase(person(KENYAN), now=timezone.now() + timedelta(seconds=1))
    clinic.write(f"Yes {tablet.codes[0]}", person=SIPHO)
    assert clinic.replies(SIPHO) == []
    assert tablet.upload(text) == DROPPED
    assert clinic.replies(SIPHO)[-1].buttons


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_uploaded_in_the_moment_of_the_erasure_leaves_nothing(live_clinic):
    in_kenya()
    clinic = live_clinic
    tablet = Browser(Agent(clinic))
    for place, code in enumerate(tablet.codes):
        digits = f"2547123450{place:02}"
        clinic.write(clinic.choose("health-tips"), person=digits)
        text = tablet.entry(code, "health-tips", number=f"+{digits}", noted="Stall of Wanjiru")
        upload = partial(tablet.upload, text, client=signed_in("agent"))
        said, _none = threads.together(upload, partial(erase, person(digits)))
        assert said in ("recorded", DROPPED)
        assert not ConsentRequest.objects.filter(typed_number=f"+{digits}").exists()
        assert not DeskCapture.objects.exclude(noted={}).exists()
