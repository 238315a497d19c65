"""What is no longer needed goes at its time, and nothing that a legal hold lies on."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.core.management import call_command
from django.utils import timezone

from optins import retention
from optins.consent import response_days, suppressions
from optins.consent.keeping import Keeping, keeping_of
from optins.consent.verification import Finding, verify
from optins.models import (
    ConsentEvent,
    ConsentRequest,
    Evidence,
    ImportBatch,
    InboundDelivery,
    Organisation,
    OutboundMessage,
)
from tests.clinic import SIPHO, THANDI
from tests.rights.conftest import fill, hold, person
from tests.signals import NOW, no, record_all, yes


@pytest.fixture
def two(clinic):
    """Thandi, on whom a hold lies, and Sipho; both with all that there is. Evidence is kept for 90 days."""
    Organisation.objects.update(evidence_kept_days=90, ip_kept_days=10)
    clinic.organisation.refresh_from_db()
    clinic.web.organisation.refresh_from_db()
    fill(clinic)
    # Somebody had stopped for him a moment ago.
    later = timezone.now() + timedelta(seconds=2)
    sentence = clinic.choose("health-tips", number="082 000 0202")
    ConsentRequest.objects.filter(typed_number=f"+{SIPHO}").update(asked_at=later)
    with time_machine.travel(later + timedelta(seconds=1), tick=False):
        clinic.write(sentence, person=SIPHO)
    clinic.choose("health-tips", number="082 000 0202")
    InboundDelivery.objects.update(state="done")
    hold(person())
    return person(), person(SIPHO)


def kept(contact, digits):
    """How much of each sort is left of one person."""
    number = f"+{digits}"
    bodies = [bytes(row.body) for row in InboundDelivery.objects.all()]
    requests = ConsentRequest.objects.filter(typed_number=number)
    return {
        "evidence": Evidence.objects.filter(event__contact=contact).exclude(part="address").count(),
        "addresses": Evidence.objects.filter(event__contact=contact, part="address").count(),
        "typed": requests.count(),
        "posts": requests.exclude(client_address="").count(),
        "deliveries": sum(digits.encode() in body for body in bodies),
        "replies": OutboundMessage.objects.filter(address=digits).count(),
    }


def test_each_sort_goes_at_its_own_time_and_what_is_held_stays_until_the_release(two):
    held, free = two
    now = timezone.now()
    before, other = kept(held, THANDI), kept(free, SIPHO)
    assert all([*before.values(), *other.values()])
    retention.remove_outdated(now + timedelta(days=9))
    assert (kept(held, THANDI), kept(free, SIPHO)) == (before, other)
    retention.remove_outdated(now + timedelta(days=120))
    assert kept(held, THANDI) == before
    left = kept(free, SIPHO)
    # What a consent rests on stays, but for where it came from.
    assert left["evidence"] > 0
    assert not any(left[name] for name in ("addresses", "typed", "posts", "replies"))
    assert left["deliveries"] <= 1  # one of Thandi's names him
    assert not AccessAttempt.objects.exists()
    files = ImportBatch.objects.exclude(content=b"").filter(state="done")
    assert files.exists()  # she stands in it
    held.legal_holds.update(released_at=now)
    retention.remove_outdated(now + timedelta(days=120))
    assert not files.exists()
    after = kept(held, THANDI)
    assert {name for name, count in after.items() if count} == {"evidence"}


def test_evidence_on_which_nothing_rests_any_more_goes(clinic, two):
    _held, free = two
    with time_machine.travel(timezone.now() + timedelta(seconds=9), tick=False):
        clinic.write("STOP", person=SIPHO)
    retention.remove_outdated(timezone.now() + timedelta(days=120))
    assert not Evidence.objects.filter(event__contact=free).exists()
    assert free.events.exists()


def test_the_packs_keep_evidence_longer_than_the_setting_and_end_it_where_there_is_none(clinic):
    """South Africa: 60 months after the last act. Germany wants 60 from the act. Nigeria: 6 after the end."""
    organisation, years = clinic.organisation, timedelta(days=366)
    organisation.evidence_kept_days = 30
    organisation.save()
    record_all(clinic, yes("za"), no("no", 1), yes("keeps", digits=SIPHO))
    record_all(clinic, yes("de", digits="491512345678"), no("de/no", 1, digits="491512345678"))
    organisation.evidence_kept_days = None
    record_all(clinic, yes("ng", digits="2348031234567"), no("ng/no", 1, digits="2348031234567"))

    def left(after):
        retention.remove_outdated(NOW + after)
        gone = [each for each in verify(now=NOW + after) if isinstance(each, Finding) and each.is_problem]
        assert gone == []
        found = Evidence.objects.values_list("event__contact__identifiers__value", flat=True)
        return sorted({value[:3] for value in found if value and value.startswith("+")})

    # The setting was 30 days: it ends South Africa's, where nothing rests on it, and not Germany's.
    assert left(timedelta(days=40)) == ["+23", "+27", "+49"]
    assert not Evidence.objects.filter(event__contact__identifiers__value=f"+{THANDI}").exists()
    assert left(timedelta(days=200)) == ["+27", "+49"]  # Nigeria's six months
    assert left(4.9 * years) == ["+27", "+49"]
    assert left(5.2 * years) == ["+27"]  # what Sipho's consent rests on
    assert ConsentEvent.objects.filter(organisation=organisation).count() == 11
    assert [keeping_of(organisation, code) for code in ("ZA", "DE", "NG")] == [
        Keeping(0, 60),
        Keeping(60, 36),
        Keeping(0, 6),
    ]


@pytest.mark.once
@pytest.mark.parametrize(
    ("kind", "countries", "days", "pack"),
    [
        ("erase", ["ZA"], 30, "ZA 0.1.0"),
        ("access", ["KE"], 7, "KE 0.1.0"),
        ("erase", ["ZA", "KE"], 14, "KE 0.1.0"),  # the strictest
        ("erase", ["BR"], 15, "BR 0.1.0"),  # unconfirmed, and tighter
        ("access", ["IN"], 30, ""),  # unconfirmed, and looser: it loosens nothing
        ("object", ["XX", ""], 30, ""),
    ],
)
def test_the_time_to_answer_is_that_of_the_strictest_pack(kind, countries, days, pack):
    assert response_days.of(kind, countries) == response_days.Days(days, pack)


def test_the_command_makes_a_new_key_for_suppressions(clinic, capsys):
    first = suppressions.newest_key(clinic.organisation)
    call_command("new_suppression_key", "--organisation", "riverside-clinic")
    newest = suppressions.newest_key(clinic.organisation)
    assert newest != first
    assert capsys.readouterr().out == (
        f"riverside-clinic: key {newest.pk} makes the suppressions from now on.\n"
    )
