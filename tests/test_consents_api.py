"""``POST /api/v1/consents``: each action, and what comes of it."""

import re

import pytest
from django.utils import timezone

from channels_capture import registry
from optins.models import (
    ApiKey,
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    Evidence,
    Purpose,
)
from tests import gates
from tests.clinic import BSUID, SIPHO, THANDI
from tests.consenting import done, refused, states
from tests.documented import TEXTS
from tests.signals import REMINDERS, TIPS

NEEDED = {
    # Which page and wording it was is on record already, and its code says the rest.
    "website": [],
    "qr_code": [],
    "whatsapp_thread": ["message"],
    "click_to_whatsapp_ad": ["message"],
    "sms_short_code": ["message"],
    "messenger_bot": ["message"],
    "ussd": ["session"],
    "missed_call": ["call or message"],
    "ivr": ["call", "script", "key"],
    "service_call": ["call", "script"],
    "in_person": ["place"],
    "transaction": ["order"],
}


@pytest.mark.parametrize("kind", registry.KINDS)
def test_a_yes_that_others_report_names_what_its_kind_of_channel_needs_and_a_stop_need_not(clinic, kind):
    CaptureChannel.objects.filter(slug="riverside-tap").update(kind=kind)
    here, needed = {"channel": "riverside-tap"}, NEEDED[kind]
    bare = (None, {}, {"note": "x"}, *({names.split(" or ")[0]: " "} for names in needed))
    for evidence in bare if needed else ():
        told = refused(clinic, here | {"evidence": evidence}, "evidence")
        assert told == f"Say in the evidence: {', '.join(needed)}. Without it nobody can look this yes up."
    for choice in (0, -1):
        evidence = {names.split(" or ")[choice]: "A-17" for names in needed}
        for name in evidence if len(needed) > 1 else ():
            assert name in refused(clinic, here | {"evidence": evidence | {name: ""}}, "evidence")
        done(clinic, here | {"evidence": evidence})
    assert clinic.events()[0] == ("given", REMINDERS, False)
    for action in ("refuse", "withdraw"):
        done(clinic, here | {"action": action, "evidence": None})
    row = next(line for line in TEXTS["docs/api.md"].splitlines() if re.match(rf"\| .*`{kind}`", line))
    assert set(re.findall("`([a-z]+)`", row.split("|")[2])) == {
        name for names in needed for name in names.split(" or ")
    }


def test_a_reported_grant_waits_for_the_persons_own_message_and_brings_the_code_for_it(clinic):
    answer = done(clinic)
    assert states(answer) == [(REMINDERS, "given", "unconfirmed")]
    event = ConsentEvent.objects.get()
    assert answer["events"] == [str(event.pk)]
    assert (event.kind, event.actor, event.door, event.proved) == ("given", "person", "api", False)
    assert event.actor_reference == f"api_key:{ApiKey.objects.get().pk}"
    assert answer["request"]["wa_link"].startswith("https://wa.me/27820000900?text=")
    clinic.write(answer["request"]["code"])
    assert clinic.gate()["decision"] == "allow"


def test_a_grant_that_needs_no_confirmation_counts_at_once_and_brings_no_code(clinic):
    gates.setting(clinic, REMINDERS, requires_confirmation=False)
    answer = done(clinic)
    assert states(answer) == [(REMINDERS, "given", "consent")]
    assert answer["request"] is None
    assert clinic.gate()["event"] == answer["events"][0]


def test_a_code_is_asked_for_without_an_event_or_a_contact_and_works_when_it_is_sent(clinic):
    answer = done(clinic, {"action": "request", "purposes": "all"})
    assert answer["events"] == []
    assert states(answer) == [(REMINDERS, "none", "unknown_contact"), (TIPS, "none", "unknown_contact")]
    assert clinic.contacts() == 0
    assert ConsentRequest.objects.get().typed_number == f"+{THANDI}"
    clinic.write(f"Yes {answer['request']['code']}")
    assert clinic.gate(TIPS)["decision"] == "allow"


def test_a_code_may_be_asked_for_without_saying_for_whom(clinic):
    answer = done(clinic, {"action": "request", "phone": None})
    clinic.write(answer["request"]["code"], person=SIPHO)
    assert clinic.gate(phone=f"+{SIPHO}")["decision"] == "allow"


def test_a_refusal_and_a_withdrawal_count_at_once_and_outlast_a_later_grant(clinic):
    assert states(done(clinic, {"action": "refuse"})) == [(REMINDERS, "refused", "refused")]
    assert states(done(clinic, {"action": "withdraw", "purposes": [TIPS]})) == [
        (TIPS, "withdrawn", "withdrawn")
    ]
    later = done(clinic, {"purposes": "all"})
    assert states(later) == [(REMINDERS, "refused", "refused"), (TIPS, "withdrawn", "withdrawn")]
    assert set(ConsentEvent.objects.exclude(kind="given").values_list("reason", flat=True)) == {"requested"}


def test_all_is_every_purpose_of_the_channel_for_a_grant_and_a_refusal_and_everything_for_a_withdrawal(
    clinic,
):
    CaptureChannel.objects.get(slug="riverside-web").purposes.set([clinic.purposes[REMINDERS]])
    assert states(done(clinic, {"purposes": "all"})) == [(REMINDERS, "given", "unconfirmed")]
    assert states(done(clinic, {"purposes": "all", "action": "refuse"})) == [
        (REMINDERS, "refused", "refused")
    ]
    answer = done(clinic, {"purposes": "all", "action": "withdraw"})
    assert states(answer) == [(REMINDERS, "withdrawn", "withdrawn"), (TIPS, "withdrawn", "withdrawn")]
    assert ConsentEvent.objects.get(pk=answer["events"][0]).purpose is None
    Purpose.objects.create(organisation=clinic.organisation, key="news", titles={}, category="utility")
    assert states(done(clinic, {"purposes": ["news"]})) == [("news", "withdrawn", "withdrawn")]


def test_somebody_is_also_known_by_bsuid(clinic):
    done(clinic, {"phone": None, "bsuid": BSUID})
    assert clinic.gate(bsuid=BSUID)["reason"] == "unconfirmed"


def test_the_reason_of_a_record_is_the_gates_own(clinic):
    gates.setting(clinic, TIPS, requires_confirmation=False)
    done(clinic, {"purposes": [TIPS]})
    clinic.sender.contacts.update(marketing_stopped_at=timezone.now())
    answer = done(clinic, {"purposes": [TIPS], "action": "request"})
    assert (
        states(answer)
        == [(TIPS, "given", clinic.gate(TIPS)["reason"])]
        == [(TIPS, "given", "marketing_stopped")]
    )
    gates.suppress(clinic, SIPHO, reason="erased")
    answer = done(clinic, {"action": "request", "phone": f"+{SIPHO}"})
    assert states(answer) == [(REMINDERS, "none", "erased")]


def test_what_was_sent_as_evidence_is_kept_and_the_language_with_the_event(clinic):
    done(clinic, {"evidence": {"form": "A-17", "page": 2}, "language": "zu"})
    assert Evidence.objects.get(part="act").payload == {"form": "A-17", "page": 2}
    assert ConsentEvent.objects.get().language == "zu"


def test_the_wording_that_was_shown_is_kept_with_the_event(clinic):
    done(clinic, {"notice_version": 1, "language": "sw"})
    translation = ConsentEvent.objects.get().translation
    assert (translation.version.number, translation.language) == (1, "sw")
    done(clinic, {"notice_version": 1, "phone": f"+{SIPHO}"})
    assert ConsentEvent.objects.last().translation.language == "en"
