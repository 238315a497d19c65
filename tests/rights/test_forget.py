"""FORGET in a chat: one question, then everything, or nothing."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from channels_capture.dialogue import decide
from channels_capture.moves import Answer, Ask, Choice, Drop, Forget, Give, Say, Situation, Stop
from optins import erasing
from optins.consent import keywords, texts
from optins.consent.keywords import Intent
from optins.models import CaptureChannel, ConsentEvent, Contact, DataSubjectRequest, NoticeVersion, Sender
from optins.sync.drain import drain
from sandbox.testing import running_sandbox
from tests.clinic import BSUID, THANDI
from tests.rights.conftest import hold, person
from tests.rights.searching import places_of

pytestmark = pytest.mark.once

WORDS = json.loads(keywords._DATA.read_text())["languages"]
TOKEN = "sandbox-sender-token-for-tests-only"


@pytest.fixture(scope="module")
def sandbox():
    with running_sandbox("--token", TOKEN, "--number", "27820000900") as running:
        yield running


def test_forget_end_to_end_over_the_real_webhook_and_the_sandbox(live_clinic, live_server, sandbox):
    clinic = live_clinic
    Sender.objects.update(base_url=sandbox.url, limits={})
    hook = {"url": f"{live_server.url}/hooks/{clinic.thread.public_id}/", "secret": clinic.thread.secret}
    sandbox.control("POST", "/sandbox/hook", hook)

    def write(**content):
        answer = sandbox.control(
            "POST", "/sandbox/phone/send", {"from": THANDI, "name": "Thandi M", **content}
        )
        assert answer["status"] == 200
        drain()

    def shown():
        messages = sandbox.state(THANDI)["messages"]
        return [message for message in messages if message["direction"] == "outbound"]

    def held():
        fields = sandbox.state()["contacts"][THANDI]["fields"]
        return fields["opted_in"], fields["opted_in_at"]

    write(text=clinic.choose(*clinic.purposes))
    assert all(held())
    write(text="Forget me!")
    assert "This cannot be undone." in str(shown()[-1])
    assert clinic.gate()["decision"] == "allow"  # nothing changes before the answer
    button = next(b for b in clinic.replies()[-1].buttons if b["title"].startswith("Yes"))
    write(button=button)
    assert "This was the last message." in str(shown()[-1])
    assert held() == (False, None)
    for status in ("sent", "delivered", "read"):
        sandbox.control("POST", "/sandbox/phone/status", {"id": shown()[-1]["id"], "status": status})
    assert erasing.finish_all() == 1
    request = DataSubjectRequest.objects.get()
    assert (request.state, request.came_by, request.identity_check) == ("done", "chat", "own_message")
    assert request.decided_by is None
    assert places_of(THANDI, "Thandi") == set()
    assert clinic.gate()["reason"] == "erased"
    event = ConsentEvent.objects.get(kind="erased")
    assert (event.actor, event.door, event.proved, event.reason) == ("person", "webhook", True, "erasure")


@pytest.fixture
def thandi(clinic):
    clinic.write(clinic.choose(*clinic.purposes))
    return person()


def said(clinic, address=THANDI):
    return clinic.replies(address)[-1].text if clinic.replies(address) else ""


def test_without_an_answer_or_after_a_no_nothing_is_erased_and_a_later_yes_is_no_answer(clinic, thandi):
    before = clinic.events()
    clinic.write("DELETE MY DATA")
    clinic.write("What else do you do?")
    clinic.tap_button("No")
    assert said(clinic) == texts.text("forget_kept", "en")
    clinic.write("yes")
    clinic.tap_button("Yes")  # of the old question: it is asked again
    assert "cannot be undone" in said(clinic)
    assert clinic.events() == before
    assert not DataSubjectRequest.objects.exists()
    assert clinic.gate()["decision"] == "allow"
    clinic.write("yes")
    assert [event[0] for event in clinic.events()][-1] == "erased"
    assert clinic.gate()["reason"] == "erased"


def test_a_yes_that_may_be_meant_for_another_question_is_asked_again(clinic, thandi):
    clinic.write("STOP")
    clinic.write("START")
    clinic.write("forget")
    clinic.write("yes")
    assert Contact.objects.filter(erased_at=None).count() == 1
    assert "cannot be undone" in said(clinic)
    clinic.write("yes")
    assert not Contact.objects.filter(erased_at=None).exists()


def test_under_a_legal_hold_everything_stops_and_staff_look_at_it(clinic, thandi):
    hold(thandi)
    clinic.write("FORGET ME")
    clinic.tap_button("Yes")
    assert said(clinic) == texts.text("forget_filed", "en", organisation="Riverside Clinic")
    assert clinic.gate()["reason"] == "withdrawn"
    request = DataSubjectRequest.objects.get()
    assert (request.state, request.identity_check) == ("open", "own_message")
    assert thandi.identifiers.exists()


def test_a_stranger_is_forgotten_too_with_what_others_typed_of_them(clinic):
    clinic.choose("health-tips", number="082 000 0101")
    clinic.write("forget me", bsuid=BSUID)
    clinic.tap_button("Yes", bsuid=BSUID)
    assert clinic.gate(bsuid=BSUID)["reason"] == clinic.gate()["reason"] == "erased"
    clinic.replies()[-1].delete()  # it was sent
    erasing.finish_all(timezone.now() + timedelta(days=8))
    assert places_of(THANDI, "Thandi", BSUID) == set()


@pytest.mark.parametrize("why", ["silent channel", "no wording", "window closed"])
def test_where_it_cannot_be_asked_it_is_left_to_staff(clinic, thandi, why):
    at = timezone.now()
    if why == "silent channel":
        CaptureChannel.objects.update(replies="none")
    elif why == "no wording":
        NoticeVersion.objects.filter(status="published").update(status="retired")
    else:
        at -= timedelta(hours=25)
        Contact.objects.update(created_at=at - timedelta(hours=1))
    clinic.write("forget me", at=at)
    request = DataSubjectRequest.objects.get()
    assert (request.state, request.came_by, request.identity_check) == ("open", "chat", "own_message")
    assert clinic.gate()["decision"] == "allow"


@pytest.mark.once
@pytest.mark.parametrize("language", texts.languages())
def test_every_language_has_its_words_and_none_of_them_stops(language):
    entries = next(each for each in WORDS if each["code"] == language)["forget"]
    assert len(entries) >= 2
    for entry in entries:
        for form in (entry["text"], entry["text"].upper(), f"{entry['text']}!"):
            assert keywords.means(form, Intent.FORGET, [language]), form
        assert not any(
            keywords.means(entry["text"], intent, [language]) for intent in set(Intent) - {Intent.FORGET}
        )


@pytest.mark.once
def test_the_rules_of_it():
    yes = Answer("forget", (), Choice.YES)
    assert decide(Situation(forget=True)) == [Ask("forget", (), again=True)]
    assert decide(Situation(answer=yes)) == [Forget(), Say("forgotten")]
    held = decide(Situation(answer=yes, is_held=True))
    assert held == [Stop(), Forget(now=False), Say("forget_filed")]
    assert decide(Situation(answer=Answer("forget", (), Choice.NO))) == [Drop(), Say("forget_kept")]
    for answer in (
        Answer("forget", (), Choice.YES, expired=True),
        Answer("forget", (), Choice.YES, unclear=True),
    ):
        assert [type(action) for action in decide(Situation(answer=answer))] == [Ask]
    assert decide(Situation(answer=yes, forwarded=True)) == []
    assert not any(isinstance(action, Give) for action in decide(Situation(answer=yes)))
    assert decide(Situation(forget=True, stop=True))[0] == Stop()
