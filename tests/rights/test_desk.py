"""Erasure reaches what staff collected at the desk, also what is uploaded after it."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from optins import retention
from optins.models import ConsentRequest, DeskCapture, Evidence, EvidenceFile, Organisation
from tests import threads
from tests.clinic import SIPHO, THANDI
from tests.desk.conftest import JPEG, Agent, Browser
from tests.rights.conftest import erase, hold, person
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


# Photos of forms and notes, by whatever answer


def captured(clinic, number=""):
    """A signed form with a note, by the desk; the code to send."""
    form = SimpleUploadedFile("a", JPEG)
    return Agent(clinic).capture("health-tips", number=number, file=form, noted="Reception, with Zola")


def said_yes_to_the_question(clinic, code, digits=THANDI):
    clinic.write(f"{code} what is this exactly please tell me", person=digits)
    clinic.tap_button("Yes", person=digits)


def said_no_with_the_code(clinic, code, digits=THANDI):
    clinic.write(f"{code} No", person=digits)


ANSWERS = [said_yes_to_the_question, said_no_with_the_code]


@pytest.mark.parametrize("answer", ANSWERS)
def test_photo_and_note_go_with_whoever_is_erased_however_they_answered(clinic, answer):
    answer(clinic, captured(clinic))
    desk_of = Evidence.objects.get(event__contact=person(), part="act").payload["desk"]
    assert (desk_of["place"], desk_of["file"]["media_type"]) == ("Reception, with Zola", "image/jpeg")
    erase(person())
    assert not EvidenceFile.objects.exists()
    assert not DeskCapture.objects.exclude(noted={}).exists()
    assert places_of(THANDI, "Zola") == set()


def test_a_photo_is_kept_as_long_as_a_consent_rests_on_it_that_came_by_a_question(clinic):
    said_yes_to_the_question(clinic, captured(clinic))
    later = timezone.now() + timedelta(days=60)
    retention.remove_outdated(later)
    assert EvidenceFile.objects.exists()
    Evidence.objects.all().delete()
    retention.remove_outdated(later)
    assert not EvidenceFile.objects.exists()


@pytest.mark.parametrize("answer", ANSWERS)
def test_whoever_answers_with_the_code_of_another_number_has_nothing_of_that_form_on_record(clinic, answer):
    code = captured(clinic, number="082 000 0101")
    answer(clinic, code, SIPHO)
    payload = Evidence.objects.get(event__contact=person(SIPHO), part="act").payload
    assert "desk" not in payload
    erase(person(SIPHO))
    assert EvidenceFile.objects.exists()
    assert DeskCapture.objects.exclude(noted={}).exists()


def test_what_another_number_answered_keeps_no_photo(clinic):
    code = captured(clinic, number="082 000 0101")
    said_yes_to_the_question(clinic, code, SIPHO)
    Evidence.objects.exclude(event__contact=person(SIPHO)).delete()
    retention.remove_outdated(timezone.now() + timedelta(days=60))
    assert not EvidenceFile.objects.exists()


def test_a_hold_keeps_the_photo_and_the_note_of_whoever_answered_by_a_question(clinic):
    said_yes_to_the_question(clinic, captured(clinic))
    hold(person())
    Evidence.objects.all().delete()
    retention.remove_outdated(timezone.now() + timedelta(days=60))
    assert EvidenceFile.objects.exists()
    assert DeskCapture.objects.exclude(noted={}).exists()
