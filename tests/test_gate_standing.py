"""What a grant is worth: confirmation, expiry, wording, and who comes back under a suppression."""

from datetime import timedelta

import pytest

from optins.models import ConsentEvent, Contact, Purpose
from tests import gates, signals
from tests.gates import agreed_to, publish, reason, setting, suppress
from tests.signals import BSUID, NOON, NOW, REMINDERS, TIPS, no, record_all, word, yes

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


# Confirmation


def test_somebodys_word_counts_only_where_no_confirmation_is_required_today(clinic):
    record_all(clinic, word("a"))
    assert reason(clinic) == "unconfirmed"
    setting(clinic, REMINDERS, requires_confirmation=False)
    assert reason(clinic) == "consent"
    setting(clinic, REMINDERS, requires_confirmation=True)
    assert reason(clinic) == "unconfirmed"


def test_where_confirmation_is_required_the_proof_alone_is_judged(clinic):
    setting(clinic, REMINDERS, expires_after_days=1)
    proof = record_all(clinic, yes("a", 0, REMINDERS)).events[0]
    record_all(clinic, word("b", 30, REMINDERS))
    late = NOON + DAY + 10 * SECOND
    assert gates.ask(clinic, now=late).event == proof
    assert reason(clinic, now=late) == "expired"


def test_where_none_is_required_the_better_of_word_and_proof_counts(clinic):
    setting(clinic, REMINDERS, requires_confirmation=False)
    agreed_to(clinic, yes("proof", 0, REMINDERS))
    publish(clinic, "major", NOON + 10 * SECOND)
    agreed_to(clinic, word("word", 30, REMINDERS), version=2)
    assert reason(clinic) == "consent"
    agreed_to(clinic, yes("again", 40, REMINDERS), version=2)
    agreed_to(clinic, word("stale", 50, REMINDERS))
    assert reason(clinic) == "consent"


# Expiry


@pytest.mark.parametrize(("then", "today", "days"), [(2, 9, 2), (9, 2, 2), (None, 2, 2), (2, None, 2)])
def test_of_the_expiry_frozen_on_the_grant_and_todays_the_stricter_holds(clinic, then, today, days):
    setting(clinic, REMINDERS, expires_after_days=then)
    record_all(clinic, yes("a", 0, REMINDERS))
    setting(clinic, REMINDERS, expires_after_days=today)
    end = NOON + days * DAY
    before = gates.ask(clinic, now=end - SECOND)
    assert (before.allowed, before.valid_until) == (True, end)
    assert reason(clinic, now=end) == "expired"


def test_without_an_expiry_an_answer_is_valid_without_end(clinic):
    record_all(clinic, yes("a"))
    far = gates.ask(clinic, now=NOW + 9999 * DAY)
    assert (far.allowed, far.valid_until) == (True, None)


def test_what_has_expired_is_renewed_by_agreeing_again(clinic):
    setting(clinic, REMINDERS, expires_after_days=1)
    record_all(clinic, yes("a", -2 * DAY.total_seconds()))
    assert reason(clinic) == "expired"
    record_all(clinic, yes("b"))
    assert reason(clinic) == "consent"


# Wording


def test_a_minor_change_of_the_wording_leaves_consent_and_a_major_one_ends_it_until_renewed(clinic):
    agreed_to(clinic, yes("a"))
    publish(clinic, "minor")
    assert reason(clinic) == "consent"
    publish(clinic, "major")
    publish(clinic, "minor")
    assert reason(clinic) == "notice_changed"
    agreed_to(clinic, yes("b", 1), version=3)
    assert reason(clinic) == "consent"


def test_a_major_change_that_is_not_published_changes_nothing(clinic):
    agreed_to(clinic, yes("a"))
    clinic.web.notice.versions.create(number=2, change="major")
    assert reason(clinic) == "consent"


def test_a_grant_of_unknown_wording_counts_as_of_the_one_in_force_on_its_channel_then(clinic):
    setting(clinic, REMINDERS, requires_confirmation=False)
    body = {"phone": "+27820000101", "channel": "riverside-web", "purposes": [REMINDERS], "action": "give"}
    clinic.api("consents", body)
    assert clinic.gate()["reason"] == "consent"
    publish(clinic, "major", clinic.now() + SECOND)
    assert clinic.gate()["reason"] == "notice_changed"


# Suppression


@pytest.mark.parametrize(
    ("scope", "stopped"),
    [
        ({"scope": "all"}, {REMINDERS, TIPS}),
        ({"scope": "marketing"}, {TIPS}),
        ({"scope": "purpose", "purpose": REMINDERS}, {REMINDERS}),
    ],
    ids=lambda value: value.get("scope") if isinstance(value, dict) else None,
)
def test_a_suppression_meets_an_unknown_number_and_whoever_is_made_again_under_it(clinic, scope, stopped):
    if "purpose" in scope:
        scope = {**scope, "purpose": clinic.purposes[scope["purpose"]]}
    Purpose.objects.update(requires_confirmation=False)
    suppress(clinic, reason="not_me", **scope)
    for key in clinic.purposes:
        assert reason(clinic, key) == ("suppressed" if key in stopped else "unknown_contact")
    # Somebody's word makes the contact again; it begins with its stop, whenever the word is dated.
    record_all(clinic, word("a", 30))
    for key in clinic.purposes:
        assert reason(clinic, key) == ("withdrawn" if key in stopped else "consent")
    stops = ConsentEvent.objects.filter(kind="withdrawn", actor="system", reason="suppressed")
    assert set(stops.values_list("purpose__key", flat=True)) in (stopped, {None})
    assert not ConsentEvent.objects.filter(kind="given", pk__lt=stops.first().pk).exists()
    # The person's own proof of later counts again.
    record_all(clinic, yes("b", 31))
    assert all(signals.decide(clinic, key).allowed for key in clinic.purposes)


def test_erased_is_said_before_any_other_suppression(clinic):
    suppress(clinic, reason="registry")
    suppress(clinic, reason="erased")
    assert reason(clinic) == "erased"


def test_a_suppression_is_met_when_its_number_comes_to_a_contact_that_exists(clinic):
    suppress(clinic, reason="not_me", at=NOON + 10 * SECOND)
    record_all(clinic, yes("a", digits="", bsuid=BSUID))
    assert signals.decide(clinic, bsuid=BSUID).allowed
    record_all(clinic, yes("b", 1, bsuid=BSUID))
    assert Contact.objects.count() == 1
    assert reason(clinic) == "withdrawn"


def test_a_suppression_of_somebody_else_or_of_another_organisation_is_not_met(clinic, stranger):
    suppress(clinic, "27820000999", reason="erased")
    assert reason(clinic) == "unknown_contact"
    suppress(clinic, reason="erased")
    clinic.organisation = stranger.organisation
    clinic.purposes = {stranger.purpose.key: stranger.purpose}
    assert reason(clinic, stranger.purpose.key) == "unknown_contact"


def test_a_stop_before_the_contact_was_known_and_one_after_are_one_stop_more(clinic):
    suppress(clinic, reason="not_me")
    record_all(clinic, no("a", 5), word("b", 6))
    assert reason(clinic) == "withdrawn"
    assert ConsentEvent.objects.filter(kind="withdrawn").count() == 2
