"""Staff capture for others: what they write down is a report, and the person's own message the proof."""

import hashlib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from channels_capture import placements
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    DeskCapture,
    EvidenceFile,
    ReviewItem,
    User,
)
from tests.clinic import SIPHO, THANDI
from tests.desk.conftest import JPEG, Agent, code_of

BOTH = ("appointment-reminders", "health-tips")


def act(event):
    return event.evidence.get(part="act").payload


def test_a_yes_said_in_a_call_is_a_report_until_the_caller_sends_the_code(clinic, agent):
    code = agent.capture(*BOTH, kind="service_call", number="082 000 0101", noted="CA-2026-0419")
    event = ConsentEvent.objects.filter(purpose__key="health-tips").get()
    assert (event.kind, event.door, event.actor, event.proved) == ("given", "desk", "person", False)
    assert event.actor_reference == f"user:{User.objects.get(username='agent').pk}"
    assert act(event)["call"] == "CA-2026-0419"
    assert act(event)["script"] == event.translation.content_hash
    assert clinic.gate()["reason"] == "unconfirmed"
    clinic.write(f"yes {code.lower()}")
    assert clinic.gate()["decision"] == "allow"
    proof = ConsentEvent.objects.filter(proved=True).first()
    assert act(proof)["desk"]["call"] == "CA-2026-0419"
    assert proof.channel == clinic.thread
    assert proof.request.channel == agent.channel("service_call")


def test_without_a_number_nobody_is_on_record_before_the_code_is_sent(clinic, agent):
    form = SimpleUploadedFile("form.exe", JPEG)
    code = agent.capture("health-tips", file=form)
    assert (clinic.contacts(), clinic.events()) == (0, [])
    clinic.write(code, person=SIPHO)
    assert clinic.events() == [("given", "health-tips", True)]
    said = act(ConsentEvent.objects.get())["desk"]
    file = EvidenceFile.objects.get()
    assert said["place"] == "Reception"
    assert said["file"] == {"sha256": file.digest, "media_type": "image/jpeg"}
    assert hashlib.sha256(file.content).hexdigest() == file.digest


@pytest.mark.once
def test_the_answer_says_what_to_send_and_where(agent):
    answer = agent.send(query="?lang=fr", purposes=["health-tips"], noted="Accueil", phone="")
    page = answer.content.decode()
    assert "OUI" in page
    assert "+27 82 000 0900" in page
    assert "https://wa.me/27820000900?text=" in page
    assert answer["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"


@pytest.mark.once
def test_the_word_for_yes_and_the_code_confirm_in_each_language_of_the_organisation(clinic, agent):
    for language in clinic.organisation.languages:
        answer = agent.send(query=f"?lang={language}", purposes=["health-tips"], noted="Reception")
        (word,) = re.findall(rf'<span lang="{language}">([^<]+)</span> <bdi', answer.content.decode())
        clinic.write(f"{word} {code_of(answer)}")
    found = ConsentEvent.objects.filter(proved=True).values_list("language", flat=True)
    assert sorted(found) == sorted(clinic.organisation.languages)


def test_of_a_source_the_place_is_known_and_stands_on_what_it_leads_to(clinic, agent):
    source = placements.add(agent.channel(), label="Stall 4", place="Market")
    page = agent.client.get(f"{agent.address()}?p={source.code}").content.decode()
    assert f'<option value="{source.code}" selected>' in page
    clinic.write(agent.capture("health-tips", noted="", source=source.code))
    event = ConsentEvent.objects.get()
    assert event.placement == source
    assert act(event)["desk"]["place"] == "Market"


@pytest.mark.once
def test_no_box_is_ticked_before_somebody_says_yes(agent):
    page = agent.client.get(agent.address()).content.decode()
    assert page.count('type="checkbox"') == 2
    assert "checked" not in page


@pytest.mark.once
def test_what_is_missing_or_wrong_is_said_at_its_field_and_nothing_is_kept(clinic, agent):
    User.objects.filter(username="manager").update(phone="082 000 0777")
    wrong = {
        "purposes": {"noted": "Reception"},
        "noted": {"purposes": BOTH},
        "phone": {"purposes": BOTH, "noted": "Reception", "phone": "12"},
        "file": {"purposes": BOTH, "noted": "Reception", "file": SimpleUploadedFile("a.png", b"GIF89a")},
    }
    for field, fields in wrong.items():
        answer = agent.send(**fields)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.content.decode(), field
    for number in ("+27 82 000 0777", "+27 82 000 0900"):
        answer = agent.send(purposes=BOTH, noted="Reception", phone=number)
        assert b"a number of staff or of the organisation" in answer.content
    too_large = SimpleUploadedFile("a.jpg", JPEG + bytes(5 * 1024 * 1024))
    assert b"larger than 5 MB" in agent.send(purposes=BOTH, noted="Reception", file=too_large).content
    assert (ConsentRequest.objects.count(), ConsentEvent.objects.count(), EvidenceFile.objects.count()) == (
        0,
        0,
        0,
    )


def test_whoever_said_no_is_not_asked_again_where_the_law_allows_one_approach(clinic, agent):
    clinic.write(f"NO {agent.capture('health-tips')}")
    answer = agent.send(purposes=["health-tips"], noted="Reception", phone="082 000 0101")
    assert b"the law lets an organisation ask once" in answer.content


@pytest.mark.once
def test_the_number_is_required_where_the_channel_says_so_and_never_asked_where_it_says_never(agent):
    channel = CaptureChannel.objects.filter(pk=agent.channel().pk)
    channel.update(ask_number="required")
    answer = agent.send(purposes=["health-tips"], noted="Reception")
    assert b'id="phone-error"' in answer.content
    channel.update(ask_number="never")
    assert b'name="phone"' not in agent.client.get(agent.address()).content


def test_the_same_page_sent_twice_is_one_capture(clinic, agent):
    page = agent.open() | {"purposes": ["health-tips"], "noted": "Reception", "phone": "082 000 0101"}
    first, second = (agent.client.post(agent.address(), page) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 422)
    assert b"This was sent before" in second.content
    assert (DeskCapture.objects.count(), len(clinic.events())) == (1, 1)


def test_a_stop_after_the_capture_is_not_undone_by_its_code(clinic, agent):
    code = agent.capture("health-tips", number="082 000 0101")
    clinic.write("STOP")
    clinic.write(code)
    assert clinic.gate("health-tips")["reason"] == "withdrawn"


def test_numbers_of_staff_and_of_the_organisation_confirm_nothing_that_was_captured(clinic, agent):
    User.objects.filter(username="agent").update(phone="+27820000101")
    for number in ("", "082 000 0202"):
        clinic.write(agent.capture("health-tips", number=number), person=THANDI)
    assert [event for event in clinic.events() if event[2]] == []
    # They may say yes for themselves: they are asked in the chat, apart from the desk.
    clinic.tap_button("Yes", person=THANDI)
    own = ConsentEvent.objects.get(proved=True)
    assert own.request.channel == clinic.thread
    assert own.request.parent is None


def test_one_number_that_sends_three_codes_made_for_others_goes_to_review_once(clinic, agent):
    codes = [agent.capture("health-tips", number=number) for number in ("", "0820000303", "0820000404", "")]
    for code in codes[:2]:
        clinic.write(code, person=SIPHO)
    assert not ReviewItem.objects.filter(kind="codes").exists()
    for code in codes[2:]:
        clinic.write(code, person=SIPHO)
    item = ReviewItem.objects.get(kind="codes")
    assert item.contact.identifiers.filter(value=f"+{SIPHO}").exists()
    reviewer = Client()
    reviewer.force_login(User.objects.get(username="reviewer"))
    assert b"codes made for others" in reviewer.get("/admin/optins/reviewitem/").content
    reviewer.post(f"/admin/optins/reviewitem/{item.pk}/decide/", {"decision": "in_order"})
    item.refresh_from_db()
    assert (item.decision, item.decided_by.username) == ("in_order", "reviewer")


# Who may be there


@pytest.mark.once
def test_the_desk_is_for_who_may_capture_in_their_own_organisation(clinic, agent, stranger):
    other = CaptureChannel.objects.create(
        organisation=stranger.organisation,
        slug="there",
        name="There",
        kind="in_person",
        notice=clinic.web.notice,
    )
    for role, status in {"agent": 200, "owner": 200, "viewer": 403, "manager": 403}.items():
        client = Client()
        client.force_login(User.objects.get(username=role))
        assert client.get("/desk/").status_code == status
        assert client.get(agent.address()).status_code == status
    assert agent.client.get(f"/desk/at/{other.slug}/").status_code == 404
    assert agent.client.get(f"/desk/at/{clinic.web.slug}/").status_code == 404
    assert other.name not in agent.client.get("/desk/").content.decode()
    nobody = Client().get("/desk/")
    assert nobody["Location"] == "/admin/login/?next=/desk/"
    assert Client().post("/desk/entries/", headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.once
def test_the_second_factor_is_asked_for_as_in_the_admin(agent, settings):
    settings.SECOND_FACTOR = True
    assert agent.client.get("/desk/")["Location"] == "/admin/second-factor/set-up/?next=%2Fdesk%2F"


@pytest.mark.once
def test_without_published_wording_there_is_nothing_to_read_out(clinic, agent):
    clinic.web.notice.versions.update(status="retired")
    assert agent.client.get(agent.address()).status_code == 404


@pytest.mark.once
@pytest.mark.parametrize("kind", ["service_call", "in_person"])
def test_an_agents_post_from_elsewhere_is_refused(clinic, kind):
    strict = Agent(clinic)
    strict.client = Client(enforce_csrf_checks=True)
    strict.client.force_login(User.objects.get(username="agent"))
    assert strict.client.post(strict.address(kind), {}).status_code == 403
