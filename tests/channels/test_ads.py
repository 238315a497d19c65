"""Ads that open a chat: no consent by click or first message, and one question when its turn comes."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.utils import timezone

from optins import erasing, retention
from optins.consent import erasure, locking
from optins.consent.signal import phone
from optins.models import ConsentRequest, Evidence, OutboundMessage, Placement, SessionWindow
from tests.channels.recordings import BODIES, signed
from tests.channels.writing import channel_of, cloud, write
from tests.clinic import SIPHO, THANDI

pytestmark = pytest.mark.once

DAY = timedelta(hours=24)
AD = {
    "source_url": "https://fb.me/0example0",
    "source_id": "120226300000000001",
    "source_type": "ad",
    "headline": "Chat with the clinic",
    "ctwa_clid": "ARAkTestClickId0000000000000000",
}


@pytest.fixture
def now():
    return timezone.now()


def click(clinic, text="Are you open today?", **more):
    write(clinic, text, referral=AD, **more)


SERVICE = {"billable": False, "pricing_model": "PMP", "type": "free_customer_service", "category": "service"}
CAMPAIGN = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "marketing"}


def answered(clinic, *, person=THANDI, at=None, state="sent", pricing=SERVICE):
    """The organisation's own bot or agent has answered: the status of a message that is not ours."""
    stamp = str(int((at or timezone.now()).timestamp()) + 1)
    status = {"id": "wamid.agent", "status": state, "timestamp": stamp, "recipient_id": person}
    cloud(clinic, statuses=[status | ({"pricing": pricing} if pricing else {})])


def questions():
    return [m for m in OutboundMessage.objects.order_by("pk") if m.buttons]


def test_the_click_and_the_first_message_lead_to_nothing_but_a_source(clinic):
    click(clinic, "Yes, please")
    assert clinic.events() == []
    assert not OutboundMessage.objects.exists()
    [source] = Placement.objects.filter(external_id=AD["source_id"])
    assert (source.channel.kind, source.label) == ("click_to_whatsapp_ad", AD["headline"])
    assert clinic.gate("health-tips")["reason"] == "unknown_contact"
    # Nothing was asked, so that "yes" answers nothing.
    assert ConsentRequest.objects.get().messages.count() == 0


def test_consent_is_asked_once_after_the_organisation_has_answered(clinic):
    click(clinic)
    answered(clinic, person=SIPHO)
    answered(clinic, state="read")
    assert questions() == []
    answered(clinic)
    answered(clinic, state="delivered")
    write(clinic, "And tomorrow?")
    click(clinic)
    [question] = questions()
    assert question.request.placement.external_id == AD["source_id"]
    write(clinic, "yes")
    assert {(kind, proved) for kind, _, proved in clinic.events()} == {("given", True)}
    evidence = Evidence.objects.filter(part="act").first().payload
    source = question.request.placement
    told = {name: AD[name] for name in ("source_type", "source_url", "ctwa_clid")}
    assert evidence["source"] == {"code": source.code, "label": AD["headline"], "ad": AD["source_id"], **told}


@pytest.mark.parametrize("pricing", [CAMPAIGN, None, {"category": "referral_conversion"}, {"category": 7}])
def test_a_campaigns_message_or_one_of_which_nobody_says_what_it_is_is_no_answer(clinic, pricing):
    click(clinic)
    for state in ("sent", "delivered"):
        answered(clinic, state=state, pricing=pricing)
    assert questions() == []
    write(clinic, "Hello?")
    assert len(questions()) == 1


def test_the_window_that_an_ad_opens_is_that_of_any_message(clinic, now, time_machine):
    time_machine.move_to(now, tick=False)
    click(clinic)
    write(clinic, "STOP")  # somebody whom the gate knows
    time_machine.move_to(now + timedelta(seconds=5), tick=False)
    click(clinic)
    opened = SessionWindow.objects.get().opened_at
    told = clinic.gate(form="free_form")
    assert (told["mode"], datetime.fromisoformat(told["window_expires_at"])) == ("session", opened + DAY)
    for after, reason in ((DAY - timedelta(seconds=1), "session"), (DAY, "window_closed")):
        time_machine.move_to(opened + after, tick=False)
        assert clinic.gate(form="free_form")["reason"] == reason


def test_without_an_answer_that_is_seen_the_next_message_brings_the_question(clinic):
    click(clinic)
    write(clinic, "Hello?")
    [question] = questions()
    assert question.request.parent.shown == "ad"
    write(clinic, "Hello??")
    assert questions() == [question]


def test_a_stop_or_a_yes_elsewhere_leaves_nothing_to_ask(clinic):
    click(clinic)
    write(clinic, "STOP")
    answered(clinic)
    write(clinic, "Where are you?")
    assert questions() == []
    assert clinic.events() == [("withdrawn", None, True)]


def test_an_ad_that_nobody_answered_within_a_day_is_over(clinic, now, time_machine):
    click(clinic)
    time_machine.move_to(now + timedelta(hours=25))
    write(clinic, "Hello again")
    assert questions() == []


def test_a_stop_word_in_an_ads_first_message_stops_and_a_code_in_it_is_only_asked_about(clinic):
    sentence = clinic.choose("health-tips")
    click(clinic, sentence)
    assert clinic.events() == []
    [question] = questions()
    assert question.request.parent is not None
    click(clinic, "STOP")
    assert clinic.events() == [("withdrawn", None, True)]


def test_over_twilio_the_evidence_says_the_same_of_the_ad(clinic):
    clicked = {"ReferralSourceId": "120", "ReferralSourceType": "ad", "ReferralSourceUrl": AD["source_url"]}
    by_twilio(clinic, "Hello", **clicked, ReferralCtwaClid="ARAk", ReferralHeadline="Chat with the clinic")
    by_twilio(clinic, "Are you there?")
    by_twilio(clinic, "yes")
    told = Evidence.objects.filter(part="act").first().payload["source"]
    assert (told["source_type"], told["source_url"], told["ctwa_clid"]) == ("ad", AD["source_url"], "ARAk")


def by_twilio(clinic, text, **fields):
    form = {"From": f"whatsapp:+{THANDI}", "WaId": THANDI, "Body": text, "SmsStatus": "received", **fields}
    channel = channel_of(clinic, "click_to_whatsapp_ad", "twilio")
    post = signed(channel, urlencode(form).encode(), BODIES[".form"], {})
    assert post.send(clinic.client).status_code == 200


def test_an_ad_that_says_next_to_nothing_leaves_next_to_nothing_in_the_evidence(clinic):
    write(clinic, "Hello", referral={"source_url": "u" * 3000, "source_type": {}, "ctwa_clid": None})
    write(clinic, "Hello?")
    write(clinic, "yes")
    told = Evidence.objects.filter(part="act").first().payload["source"]
    assert told.keys() == {"code", "label", "ad", "source_url"}
    assert len(told["source_url"]) < 1000


def test_what_an_ad_told_goes_with_whoever_is_erased_and_30_days_after_the_question(clinic, time_machine):
    click(clinic)
    told = ConsentRequest.objects.exclude(referral={})
    assert told.count() == 1
    mark = transaction.savepoint()
    [person] = erasure.somebody(locking.hold(clinic.organisation, phone(f"+{THANDI}")))
    erasing.erase(person, erasure.By(actor="person", door="admin"), now=timezone.now())
    assert not told.exists()
    transaction.savepoint_rollback(mark)
    retention.remove_outdated(timezone.now() + timedelta(days=30))
    assert told.exists()
    retention.remove_outdated(timezone.now() + timedelta(days=32))
    assert not told.exists()


def test_two_people_of_one_ad_share_its_source_also_without_a_channel_for_ads(clinic):
    channel = channel_of(clinic, "click_to_whatsapp_ad", "whatsapp_cloud")
    type(channel).objects.filter(kind=channel.kind).update(is_active=False)
    click(clinic)
    write(clinic, "hi", referral=AD, **{"from": SIPHO})
    [source] = Placement.objects.filter(external_id=AD["source_id"])
    assert source.channel.kind == "whatsapp_thread"
