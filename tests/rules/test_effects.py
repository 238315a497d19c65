"""What the packs decide, from the door to the gate."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from optins.consent import ages, desired, requests, wording
from optins.models import ConsentEvent, ConsentRequest, Contact, Organisation, OutboundMessage, Purpose
from tests import signals
from tests.gates import reason, setting
from tests.signals import NOON, REMINDERS, TIPS, record_all, word, yes


def own_rules(clinic, **rules):
    clinic.organisation.rule_overlay = {name.replace("__", "."): value for name, value in rules.items()}
    clinic.organisation.save()


def test_each_event_keeps_the_jurisdiction_and_the_packs_in_force_when_it_was_recorded(clinic):
    record_all(clinic, yes("a"), yes("b", digits="254700000001"), yes("c", digits="12125550123"))
    kept = ConsentEvent.objects.order_by("recorded_at").values_list("jurisdiction", "rule_packs")
    south, kenya = {"META": "0.1.0", "ZA": "0.1.0"}, {"KE": "0.1.0", "META": "0.1.0", "ZA": "0.1.0"}
    america = {"CA": "0.1.0", "META": "0.1.0", "US": "0.1.0", "ZA": "0.1.0"}
    assert {(place, *sorted(packs)) for place, packs in kept} == {
        ("ZA", *south),
        ("KE", *kenya),
        ("ZA", *america),
    }


def test_where_a_pack_requires_it_only_the_persons_own_message_counts_whatever_the_purpose_says(clinic):
    for key in (REMINDERS, TIPS):
        setting(clinic, key, requires_confirmation=False)
    record_all(clinic, word("a", digits="4915112345678"))
    assert reason(clinic, TIPS, number="+4915112345678") == "unconfirmed"
    # The German pack binds marketing alone.
    assert reason(clinic, number="+4915112345678") == "consent"
    record_all(clinic, yes("b", 1, digits="4915112345678"))
    assert reason(clinic, TIPS, number="+4915112345678") == "consent"


def test_an_expiry_by_the_organisations_own_rules_is_frozen_and_of_then_and_now_the_stricter_holds(clinic):
    own_rules(clinic, consent__expiry_months=2)
    record_all(clinic, yes("a"))
    event = ConsentEvent.objects.get(purpose__key=REMINDERS)
    assert event.expires_at == NOON.replace(year=2027, month=1)
    before, after = (event.expires_at + timedelta(days=days) for days in (-1, 1))
    assert (reason(clinic, now=before), reason(clinic, now=after)) == ("consent", "expired")
    own_rules(clinic)
    assert reason(clinic, now=after) == "expired"
    own_rules(clinic, consent__expiry_months=1)
    assert reason(clinic, now=before) == "expired"
    assert not desired.desired_for(event.contact, before)["opted_in"]


def test_at_night_marketing_waits_for_the_morning_and_nothing_else_does(clinic):
    record_all(clinic, yes("a"))
    night = NOON.replace(hour=20)  # ten in the evening there, on a Friday
    tips = signals.decide(clinic, TIPS, now=night)
    morning = NOON.replace(day=21, hour=7)
    assert (tips.allowed, tips.reason, tips.valid_from, tips.valid_until) == (
        False,
        "quiet_hours",
        morning,
        morning,
    )
    assert tips.event is not None
    assert signals.decide(clinic, REMINDERS, now=night).allowed
    by_day = signals.decide(clinic, TIPS)
    assert by_day.valid_until == NOON.replace(hour=18)
    assert signals.decide(clinic, TIPS, now=morning).allowed
    # What a sender should hold does not change with the hour.
    assert desired.desired_for(Contact.objects.get(), night)["opted_in"]


def test_a_consent_that_runs_out_before_sending_opens_again_is_not_promised_for_then(clinic):
    setting(clinic, TIPS, expires_after_days=1)
    record_all(clinic, yes("a"))
    saturday = NOON + timedelta(hours=23, minutes=30)  # half past one there: closed until Monday
    decision = signals.decide(clinic, TIPS, now=saturday)
    assert (decision.reason, decision.valid_from) == ("quiet_hours", None)
    assert decision.valid_until == NOON + timedelta(days=1)


def test_under_age_a_guardian_says_yes_or_the_law_lets_them_and_never_for_marketing_where_it_is_forbidden(
    clinic,
):
    record_all(clinic, yes("a"))
    Contact.objects.update(age_band="minor")
    assert (reason(clinic), reason(clinic, TIPS)) == ("under_age", "under_age")
    manager, owner = clinic.demo.admin, clinic.demo.organisation.memberships.get(user__username="owner").user
    setting(
        clinic,
        REMINDERS,
        minor_may_consent_alone=True,
        minor_basis="Children's Act 38 of 2005, s 129",
        minor_proposed_by=manager,
    )
    assert reason(clinic) == "under_age"
    setting(clinic, REMINDERS, minor_approved_by=owner)
    assert reason(clinic) == "consent"
    record_all(clinic, yes("b", 1, actor="guardian"))
    assert reason(clinic, TIPS) == "consent"
    Contact.objects.update(country="KE")
    assert reason(clinic, TIPS) == "under_age"


def test_the_database_refuses_that_minors_decide_alone_about_marketing_without_a_law_or_a_second_person(
    clinic,
):
    person = clinic.demo.admin
    for key, values in (
        (TIPS, {"minor_basis": "A law"}),
        (REMINDERS, {"minor_basis": ""}),
        (REMINDERS, {"minor_basis": "A law", "minor_proposed_by": person, "minor_approved_by": person}),
        (REMINDERS, {"minor_basis": "A law", "minor_approved_by": person}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Purpose.objects.filter(key=key).update(minor_may_consent_alone=True, **values)


def test_the_box_for_marketing_says_how_old_one_is_and_the_evidence_keeps_it(clinic):
    page = clinic.client.get(f"/c/{clinic.tap.slug}/").content.decode()
    assert page.count("I am 18 or older.") == 1
    clinic.write(clinic.choose(TIPS, REMINDERS))
    shown = {row.part: row.payload for event in ConsentEvent.objects.all() for row in event.evidence.all()}
    assert shown["shown"]["said_to_be_at_least"] == 18
    british = Organisation(country="GB", rule_overlay={})
    assert ages.to_say(british, [clinic.purposes[TIPS]]) == 13
    assert ages.to_say(british, [clinic.purposes[REMINDERS]]) is None


def test_the_question_in_a_chat_says_it_by_the_law_of_whoever_is_asked(clinic):
    clinic.organisation.country = "GB"
    clinic.organisation.save()
    clinic.write("START", person="254700000001")
    clinic.write("START", person="447700900123")
    told = [message.text for message in OutboundMessage.objects.order_by("pk") if message.buttons]
    assert ["18 or older" in text for text in told] == [True, False]
    assert "13 or older" in told[1]
    assert sorted(ConsentRequest.objects.values_list("own_age", flat=True)) == [13, 18]
    reminders = wording.question(
        wording.translation(clinic.thread.notice, "en"), [clinic.purposes[REMINDERS]], 18
    )
    assert "or older" not in reminders


def test_the_offer_to_keep_something_asks_for_no_age(clinic):
    clinic.write(clinic.choose(TIPS))
    clinic.write("STOP")
    assert ConsentRequest.objects.get(kind=requests.Kind.KEEP).own_age is None
