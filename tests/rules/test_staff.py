"""What staff do about the law: opt-out lists, own rules, minors, the rules in force, what runs out."""

import json
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from optins.consent import registries
from optins.models import (
    AuditEntry,
    ConsentEvent,
    Contact,
    OptOutRegistry,
    Purpose,
    SenderContact,
    Suppression,
)
from tests import signals
from tests.gates import reason, setting
from tests.signals import DIGITS, NOON, NOW, OTHER_DIGITS, REMINDERS, TIPS, record_all, yes
from tests.signing_in import signed_in

pytestmark = pytest.mark.once


def address(page, *arguments):
    return reverse(f"admin:optins_{page}", args=arguments)


def upload(clinic, text, listed_on, *, name="NCC opt-out registry", row=None, client=None):
    file = SimpleUploadedFile("list.csv", text.encode(), "text/csv")
    values = {"organisation": clinic.organisation.pk, "name": name, "listed_on": listed_on, "file": file}
    page = address("optoutregistry_change", row.pk) if row else address("optoutregistry_add")
    return (client or signed_in("manager")).post(page, values, follow=True)


def test_an_official_list_stops_marketing_alone_and_keeps_no_number(clinic):
    record_all(clinic, yes("a"))
    page = upload(clinic, f"number\n+{DIGITS},x\n082 000 0202\n{DIGITS}\n\n", "2026-11-21").content.decode()
    assert "2 numbers on the list: 2 new, 0 gone, 1 people stopped. 1 lines held no number." in page
    # Known: stopped on record. Not known: suppressed, for marketing alone.
    assert (reason(clinic, TIPS), reason(clinic)) == ("withdrawn", "consent")
    assert ConsentEvent.objects.latest("recorded_at").reason == "registry"
    other = {"number": f"+{OTHER_DIGITS}"}
    assert (reason(clinic, TIPS, **other), reason(clinic, **other)) == ("suppressed", "unknown_contact")
    rows = json.dumps(list(Suppression.objects.values("digest", "scope", "reason", "registry__name")))
    assert OTHER_DIGITS not in rows
    assert OTHER_DIGITS[2:] not in rows
    # Whoever comes later begins with its stop; their own yes, asked after it, counts.
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        clinic.write(clinic.choose(TIPS), person=OTHER_DIGITS)
    assert clinic.gate(TIPS, phone=f"+{OTHER_DIGITS}")["decision"] == "allow"


def test_a_new_upload_replaces_the_list_and_a_yes_given_since_stands(clinic):
    registry = OptOutRegistry.objects.create(
        organisation=clinic.organisation,
        name="List",
        listed_on=NOON.date() - timedelta(days=9),
        uploaded_at=NOW,
    )
    numbers = [f"+{DIGITS}", f"+{OTHER_DIGITS}"]
    done = registries.replace(registry, numbers, now=NOW)
    assert (done.listed, done.new, done.gone, done.stopped) == (2, 2, 0, 0)
    record_all(clinic, yes("a"))
    assert reason(clinic, TIPS) == "consent"
    registry.listed_on += timedelta(days=9)
    done = registries.replace(registry, numbers[:1], now=NOW)
    assert (done.listed, done.new, done.gone, done.stopped) == (1, 0, 1, 0)
    assert reason(clinic, TIPS) == "consent"
    assert Suppression.objects.filter(registry=registry).count() == 1


def test_a_list_of_the_wrong_day_or_without_numbers_is_refused(clinic):
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert b"still to come" in upload(clinic, DIGITS, tomorrow).content
    assert b"no phone number" in upload(clinic, "name\nThandi", "2026-11-01").content
    upload(clinic, DIGITS, "2026-11-20")
    assert (
        b"older than the one there is"
        in upload(clinic, DIGITS, "2026-11-19", row=OptOutRegistry.objects.get()).content
    )
    assert signed_in("reviewer").get(address("optoutregistry_add")).status_code == 403


def test_a_list_that_is_too_old_is_on_the_home_page(clinic):
    upload(clinic, DIGITS, timezone.localdate().isoformat())
    owner = signed_in("owner")
    assert b"opt-out list too old" not in owner.get(reverse("admin:index")).content
    with time_machine.travel(timezone.now() + timedelta(days=32)):
        owner = signed_in("owner")
        assert b"opt-out list too old" in owner.get(reverse("admin:index")).content


def test_own_rules_that_are_looser_are_refused_in_the_form(clinic):
    owner, page = signed_in("owner"), address("organisation_change", clinic.organisation.pk)
    form = owner.get(page).context["adminform"].form
    values = {name: value for name, value in form.initial.items() if value is not None}
    for name in ("languages", "names"):
        values[name] = json.dumps(values.get(name))
    looser = owner.post(page, values | {"rule_overlay": '{"consent.refresh_months": 36}'})
    assert b"looser than what ZA 0.1.0 says" in looser.content
    assert owner.post(page, values | {"rule_overlay": '{"consent.refresh_months": 6}'}).status_code == 302


def test_that_minors_decide_alone_is_proposed_by_one_and_approved_by_another(clinic):
    reminders = clinic.purposes[REMINDERS]
    page = address("purpose_change", reminders.pk)
    owner = signed_in("owner")
    form = owner.get(page).context["adminform"].form
    values = {name: value for name, value in form.initial.items() if value is not None}
    values |= {name: json.dumps(values[name]) for name in ("titles", "discreet_titles")}
    proposed = values | {"minor_may_consent_alone": "on"}
    assert b"Name the law" in owner.post(page, proposed).content
    assert owner.post(page, proposed | {"minor_basis": "Children&#x27;s Act s 129"}).status_code == 302
    chosen = {"action": "approve_minors", "_selected_action": [reminders.pk]}
    assert (
        b"somebody else has to approve"
        in owner.post(address("purpose_changelist"), chosen, follow=True).content
    )
    told = signed_in("reviewer").post(address("purpose_changelist"), chosen, follow=True).content
    assert b"minors decide alone from now on" in told
    assert Purpose.objects.get(pk=reminders.pk).minors_decide_alone
    assert AuditEntry.objects.filter(action="approved").exists()
    # What was approved was that; something else is to be approved anew.
    owner.post(page, proposed | {"minor_basis": "Another law"})
    assert not Purpose.objects.get(pk=reminders.pk).minors_decide_alone


def test_the_rules_in_force_are_shown_with_their_sources_and_a_banner_when_a_review_is_overdue(clinic):
    viewer = signed_in("viewer")
    page = viewer.get(address("organisation_rules")).content.decode()
    for part in (
        "NOT legal advice",
        "ZA 0.1.0",
        "GN R293",
        "review due",
        "NCC opt-out registry",
        "At most 60 months after the person&#x27;s last act",
        "Form 4, on the page",
        "Unconfirmed",
    ):
        assert part in page
    assert "Rules in force" in viewer.get(address("organisation_changelist")).content.decode()
    assert b"rule packs is overdue" not in viewer.get(reverse("admin:index")).content
    with time_machine.travel("2027-06-01T10:00:00Z"):
        viewer = signed_in("viewer")
        assert b"rule packs is overdue" in viewer.get(reverse("admin:index")).content
        assert b"Review overdue since" in viewer.get(address("organisation_rules")).content


def test_what_runs_out_is_listed_by_when_and_asks_as_often_however_many_there_are(clinic):
    setting(clinic, REMINDERS, expires_after_days=20)
    record_all(clinic, yes("a"))
    viewer, page = signed_in("viewer"), address("runningout_changelist")

    def listed(when):
        return viewer.get(page, {"when": when} if when else {}).context["cl"].result_count

    with time_machine.travel(NOW):
        assert [listed(when) for when in ("", "past", "30", "90", "renew")] == [2, 0, 1, 1, 0]
        few = queries(viewer, page)
        record_all(clinic, *(yes(f"y{n}", digits=f"2782000030{n}") for n in range(4)))
        assert queries(viewer, page) <= few
    with time_machine.travel(NOW + timedelta(days=800)):
        viewer = signed_in("viewer")
        # The pack that says so binds marketing alone.
        assert [listed(when) for when in ("past", "renew")] == [5, 5]
        assert b"Has run out" in viewer.get(page).content


def queries(client, page):
    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).status_code == 200
    return len(asked)


@pytest.mark.parametrize("text", ["", "\ufeff", "\0"])
def test_a_strange_file_is_only_a_file_without_numbers(clinic, text):
    assert b"There is no phone number" in upload(clinic, f"{text}x", "2026-11-01").content


def test_the_gate_asks_few_questions_whatever_the_packs_decide(clinic):
    record_all(clinic, yes("a"))
    with CaptureQueriesContext(connection) as asked:
        signals.decide(clinic, TIPS)
    assert len(asked) <= 8


def test_what_somebody_declares_of_their_age_and_residence_is_written_down_with_a_reason_and_decides(clinic):
    record_all(clinic, yes("a"))
    thandi, owner = Contact.objects.get(), signed_in("owner")
    page = address("contact_declared", thandi.pk)
    assert page in owner.get(address("contact_change", thandi.pk)).content.decode()
    values = {"country": "DE", "age_band": "minor", "reason": ""}
    assert "Say where and when they said so." in owner.post(page, values).content.decode()
    assert reason(clinic, REMINDERS) == "consent"
    before = SenderContact.objects.get(contact=thandi).desired
    reply = owner.post(page, values | {"reason": "At the desk today, call +27 82 000 0101"}, follow=True)
    for words in ("Lives in</dt><dd>Germany", "Age</dt><dd>Under age", "Written down."):
        assert words in reply.content.decode(), words
    assert reason(clinic, REMINDERS) == reason(clinic, TIPS) == "under_age"
    assert (before["opted_in"], SenderContact.objects.get(contact=thandi).desired) == (
        True,
        {"opted_in": False},
    )
    entry = AuditEntry.objects.filter(action="changed").latest("pk")
    assert entry.detail == {"fields": ["country of residence", "age"]}
    assert entry.reason == "At the desk today, call …"
    owner.post(page, {"country": "", "age_band": "adult", "reason": "By telephone"})
    assert reason(clinic, REMINDERS) == "consent"
    assert signed_in("viewer").get(page).status_code == 403
