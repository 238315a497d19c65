"""``POST /api/v1/consents``: each action, what comes of it, and what is refused."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from optins.models import (
    ApiKey,
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    Contact,
    Evidence,
    Organisation,
    Purpose,
)
from tests import gates
from tests.clinic import BSUID, SIPHO, THANDI
from tests.signals import REMINDERS, TIPS
from tests.test_gate_api import is_problem

BASE = {"phone": f"+{THANDI}", "channel": "riverside-web", "purposes": [REMINDERS], "action": "give"}


def post(clinic, change=None, *, key=None, **headers):
    body = {name: value for name, value in {**BASE, **(change or {})}.items() if value is not None}
    headers = {"Authorization": f"Bearer {key or clinic.demo.api_key}", **headers}
    return clinic.client.post(
        "/api/v1/consents", json.dumps(body), content_type="application/json", headers=headers
    )


def done(clinic, change=None, **more):
    answer = post(clinic, change, **more)
    assert answer.status_code == 201, answer.content
    return answer.json()


def refused(clinic, change, field, **more):
    problem = is_problem(post(clinic, change, **more), 400, "invalid")
    assert list(problem["errors"]) == [field]
    return " ".join(problem["errors"][field])


def states(answer):
    return [(record["purpose"], record["status"], record["reason"]) for record in answer["records"]]


def test_a_withdrawal_without_a_time_comes_after_a_yes_of_the_same_second(clinic):
    with time_machine.travel(timezone.now(), tick=False):
        clinic.write("JOIN")
        clinic.tap_button("Yes")
        assert clinic.gate()["decision"] == "allow"
        done(clinic, {"action": "withdraw", "purposes": "all"})
        assert clinic.gate()["reason"] == "withdrawn"


@pytest.mark.parametrize(
    ("kind", "evidence"), [("transaction", {"order": "A-17"}), ("in_person", {"place": "Ward 3"})]
)
def test_a_yes_that_others_report_names_what_its_kind_of_channel_needs_and_a_stop_need_not(
    clinic, kind, evidence
):
    CaptureChannel.objects.filter(slug="riverside-tap").update(kind=kind)
    here = {"channel": "riverside-tap"}
    assert next(iter(evidence)) in refused(
        clinic, here | {"evidence": dict.fromkeys(evidence, " ")}, "evidence"
    )
    done(clinic, here | {"evidence": evidence})
    done(clinic, here | {"action": "withdraw"})


# The four actions


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


# When


@pytest.mark.parametrize("ahead", [299, -1, -86_400])
def test_a_time_is_taken_as_it_is_up_to_five_minutes_ahead(clinic, ahead):
    at = timezone.now().replace(microsecond=0) + timedelta(seconds=ahead)
    done(clinic, {"occurred_at": at.isoformat()})
    assert ConsentEvent.objects.get().occurred_at == at


@pytest.mark.parametrize("action", ["give", "refuse", "withdraw"])
def test_more_than_five_minutes_ahead_is_refused_and_nothing_is_recorded(clinic, action):
    at = (timezone.now() + timedelta(seconds=320)).isoformat()
    assert "future" in refused(clinic, {"occurred_at": at, "action": action}, "occurred_at")
    assert clinic.contacts() == 0 == ConsentRequest.objects.count()


# Half past ten in the evening in UTC is half past midnight of the next day in Johannesburg.
LATE = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("action", "day", "occurred_at"),
    [
        ("give", "2026-11-20", datetime(2026, 11, 19, 22, tzinfo=UTC)),
        ("give", "2026-11-21", datetime(2026, 11, 20, 22, tzinfo=UTC)),
        ("withdraw", "2026-11-20", datetime(2026, 11, 20, 21, 59, 59, 999999, tzinfo=UTC)),
        ("withdraw", "2026-11-21", LATE),
        ("refuse", "2026-11-21", LATE),
        ("refuse", "2026-03-01", datetime(2026, 3, 1, 21, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_a_date_is_the_days_start_for_a_grant_and_its_end_or_now_for_a_stop_where_the_organisation_is(
    clinic, action, day, occurred_at
):
    with time_machine.travel(LATE, tick=False):
        done(clinic, {"action": action, "occurred_at": day})
    assert ConsentEvent.objects.get().occurred_at == occurred_at


@pytest.mark.parametrize("action", ["give", "withdraw"])
def test_a_date_that_has_not_come_yet_where_the_organisation_is_is_refused(clinic, action):
    with time_machine.travel(LATE, tick=False):
        refused(clinic, {"action": action, "occurred_at": "2026-11-22"}, "occurred_at")


def test_a_stop_and_a_grant_of_one_day_are_a_stop(clinic):
    gates.setting(clinic, REMINDERS, requires_confirmation=False)
    done(clinic, {"action": "withdraw", "occurred_at": "2026-11-02"})
    assert states(done(clinic, {"occurred_at": "2026-11-02"})) == [(REMINDERS, "withdrawn", "withdrawn")]


@pytest.mark.parametrize(
    "at",
    ["", "now", "2026-11-20T09:15:02", "2026-02-30", "20.11.2026", 1763629200, "yesterday", [],
     "0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31", "1969-12-31"],
    ids=str,
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused(clinic, at):
    refused(clinic, {"occurred_at": at}, "occurred_at")


# What is refused


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": None}, "phone"),
        ({"bsuid": BSUID}, "phone"),
        ({"phone": "+12"}, "phone"),
        ({"phone": None, "bsuid": "someone"}, "bsuid"),
        ({"channel": None}, "channel"),
        ({"purposes": None}, "purposes"),
        ({"purposes": []}, "purposes"),
        ({"purposes": "some"}, "purposes"),
        ({"purposes": [7]}, "purposes"),
        ({"action": "consent"}, "action"),
        ({"language": "x" * 13}, "language"),
        ({"notice_version": 0}, "notice_version"),
        ({"notice_version": 2}, "notice_version"),
        ({"notice_version": 1, "language": "xx"}, "notice_version"),
        ({"notice_version": 10**30}, "notice_version"),
        ({"evidence": "paper"}, "evidence"),
    ],
    ids=str,
)
def test_a_field_that_is_wrong_is_named(clinic, change, field):
    refused(clinic, change, field)
    assert clinic.contacts() == 0


def test_wording_that_was_never_published_was_never_shown(clinic):
    version = clinic.web.notice.versions.create(number=2)
    words = clinic.web.notice.versions.get(number=1).translations.get(language="en")
    words.pk, words.version = None, version
    words.save()
    refused(clinic, {"notice_version": 2}, "notice_version")


def test_what_belongs_to_another_organisation_is_refused_in_the_same_words_as_what_does_not_exist(
    clinic, stranger
):
    for field, theirs, nobodys in (
        ("channel", stranger.channel.slug, "no-such-channel"),
        ("purposes", [stranger.purpose.key], ["no-such-purpose"]),
    ):
        said = [refused(clinic, {field: value}, field) for value in (theirs, nobodys)]
        for text, value in zip(said, (theirs, nobodys), strict=True):
            said[said.index(text)] = text.replace(value if isinstance(value, str) else value[0], "…")
        assert said[0] == said[1]
    number = {"notice_version": 1, "channel": stranger.channel.slug}
    assert refused(clinic, number, "channel") == refused(clinic, {"channel": "no-such-channel"}, "channel")


def test_a_channel_that_is_off_or_has_no_number_to_write_to_is_refused(clinic):
    CaptureChannel.objects.filter(slug="riverside-web").update(sender=None)
    refused(clinic, {"action": "request"}, "channel")
    refused(clinic, {"phone": None, "bsuid": BSUID}, "channel")
    assert done(clinic)["request"] is None
    CaptureChannel.objects.filter(slug="riverside-web").update(is_active=False)
    refused(clinic, {}, "channel")


def test_all_purposes_of_a_channel_without_any_are_refused_and_never_read_as_everything(clinic):
    CaptureChannel.objects.get(slug="riverside-web").purposes.clear()
    for action in ("request", "give", "refuse"):
        refused(clinic, {"purposes": "all", "action": action}, "purposes")


def test_an_organisation_without_languages_is_no_reason_to_fall_over(clinic):
    Organisation.objects.update(languages=[])
    refused(clinic, {"notice_version": 1}, "notice_version")


def test_what_one_organisation_records_is_unknown_to_another(clinic, stranger):
    done(clinic, {"action": "withdraw", "purposes": "all"})
    theirs = {"channel": stranger.channel.slug, "purposes": "all", "action": "request"}
    answer = done(clinic, theirs, key=stranger.key)
    assert states(answer) == [(stranger.purpose.key, "none", "unknown_contact")]
    assert Contact.objects.visible_to(clinic.demo.admin).count() == 1
