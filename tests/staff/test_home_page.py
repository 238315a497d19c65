"""The admin's home page: a work queue and figures, equal to the tables, scoped, at a constant price."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    Contact,
    DataSubjectRequest,
    ImportBatch,
    InboundDelivery,
    LegalHold,
    ReviewItem,
    SenderContact,
    User,
    guards,
)
from tests.signing_in import signed_in
from tests.staff.abundance import more_of_everything

pytestmark = pytest.mark.once

HOME = reverse("admin:index")
# A Friday. The clinic's day began at 22:00 UTC: it is two hours ahead.
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
THANDI, SIPHO, ZANELE = "27820000101", "27820000202", "27820000303"


@pytest.fixture
def home():
    """What the page is made of, for a user."""

    def context(user, query=""):
        answer = signed_in(user).get(HOME + query)
        assert answer.status_code == 200
        return answer.context

    return context


def opt_in(clinic, person, at, *, channel=None, stop_after=None, send=True):
    """Somebody opens a page, chooses and sends; and stops after a while."""
    with time_machine.travel(at, tick=False):
        sentence = clinic.choose("health-tips", "appointment-reminders", channel=channel, at=at)
        if send:
            clinic.write(sentence, person=person, at=at + timedelta(seconds=2))
    if stop_after is not None:
        with time_machine.travel(at + stop_after, tick=False):
            clinic.write("STOP", person=person)


@pytest.fixture
def fortnight(clinic):
    """Two weeks of opt-ins and stops, seen on a Friday at noon."""
    hours = timedelta(hours=1)
    opt_in(clinic, "27820000404", NOW - timedelta(days=8), channel=clinic.tap)
    opt_in(clinic, "27820000505", NOW - timedelta(days=7, hours=3), channel=clinic.tap, stop_after=hours)
    opt_in(clinic, "27820000606", NOW - timedelta(days=7) + hours, channel=clinic.web)
    opt_in(clinic, THANDI, NOW - timedelta(hours=13), channel=clinic.web)  # 01:00 at the clinic
    opt_in(clinic, SIPHO, NOW - timedelta(hours=15), channel=clinic.tap)  # 23:00, yesterday
    opt_in(clinic, ZANELE, NOW - 2 * hours, channel=clinic.tap, stop_after=hours)
    opt_in(clinic, "", NOW - hours, channel=clinic.web, send=False)
    with time_machine.travel(NOW, tick=False):
        yield clinic


def test_what_waits_is_counted_and_leads_to_where_it_is_dealt_with(busy_clinic, home):
    InboundDelivery.objects.filter(pk=InboundDelivery.objects.latest("pk").pk).update(state="failed")
    ImportBatch.objects.update(state=ImportBatch.State.WAITING)
    waiting = home(busy_clinic.demo.admin)["waiting"]
    assert {row.label: row.count for row in waiting} == {
        "decision to take": 1,
        "import to approve": 1,
        "delivery failed": 1,
        "update refused": 1,
        "data request": 1,
        "legal hold to approve": 1,
    }
    owner = signed_in(busy_clinic.demo.admin)
    assert [row.url for row in waiting if owner.get(row.url).status_code != 200] == []


def test_what_waits_is_ones_own(busy_clinic, home, member, elsewhere):
    context = home(member("owner", elsewhere))
    assert context["waiting"] == []
    assert (
        "Nothing waits."
        in signed_in(User.objects.get(username="owner-of-elsewhere")).get(HOME).content.decode()
    )


def test_what_was_dealt_with_waits_no_more(busy_clinic, home):
    now = timezone.now()
    ReviewItem.objects.update(decided_at=now)
    SenderContact.objects.update(parked_at=None)
    DataSubjectRequest.objects.update(state="refused", refusal="nothing_kept")
    LegalHold.objects.update(released_at=now)
    assert home(busy_clinic.demo.admin)["waiting"] == []


def test_today_stands_against_the_same_hours_a_week_ago(fortnight, home):
    """In the clinic's time zone, and people rather than acts: each agreed to two purposes."""
    opted_in, stopped = home(fortnight.demo.admin)["today"]
    assert (opted_in.count, opted_in.before) == (2, 1)
    assert (stopped.count, stopped.before) == (1, 1)


def test_the_chart_counts_the_people_of_each_day_at_the_clinic(fortnight, home):
    columns = home(fortnight.demo.admin)["chart"].columns
    found = {c.day.day.isoformat(): (c.day.opted_in, c.day.stopped) for c in columns if c.day.opted_in}
    assert len(columns) == 30
    assert found == {
        "2026-11-12": (1, 0),
        "2026-11-13": (2, 1),
        "2026-11-19": (1, 0),
        "2026-11-20": (2, 1),
    }


@pytest.mark.parametrize("days", [7, 30])
def test_each_channels_funnel_equals_the_ledger(fortnight, home, days):
    since = datetime(2026, 11, 20, 22, tzinfo=UTC) - timedelta(days=days)
    funnels = home(fortnight.demo.admin, f"?days={days}")["funnels"]
    assert {row.name: (row.asked, row.opted_in, row.stopped) for row in funnels} == {
        channel.name: by_hand(channel, since) for channel in (fortnight.web, fortnight.tap)
    }
    assert sum(row.opted_in for row in funnels) == {7: 3, 30: 6}[days]
    assert sum(row.stopped for row in funnels) == {7: 1, 30: 2}[days]


def by_hand(channel, since):
    """Requests, people and people who stopped, event by event."""
    asked = ConsentRequest.objects.filter(channel=channel, kind="consent", asked_at__gte=since).count()
    people = set()
    for event in ConsentEvent.objects.filter(kind="given", proved=True, occurred_at__gte=since):
        if (event.request.channel_id if event.request else event.channel_id) == channel.pk:
            people.add(event.contact_id)
    stopped = ConsentEvent.objects.exclude(kind="given").filter(contact__in=people)
    return asked, len(people), len(set(stopped.values_list("contact", flat=True)))


def test_test_contacts_are_never_counted(fortnight, home, mark_as_test):
    before = home(fortnight.demo.admin)
    mark_as_test()
    with time_machine.travel(NOW, tick=False):
        context = home(fortnight.demo.admin)
    assert [row.count for row in before["today"]] == [2, 1]
    assert [row.count for row in context["today"]] == [0, 0]
    assert context["chart"].is_empty
    assert context["funnels"] == []
    assert context["silent_channels"] == CaptureChannel.objects.count()


@pytest.fixture
def mark_as_test():
    """Makes everything that was done a test: the guards of the ledger are lifted for that."""

    def mark():
        guards.lift(connection)
        for model in (ConsentEvent, ConsentRequest, Contact):
            model.objects.update(is_test=True)
        guards.install(connection)

    return mark


def test_a_sender_that_is_behind_says_how_far(fortnight, home):
    SenderContact.objects.exclude(contact__identifiers__value=f"+{THANDI}").update(pushed_version=99)
    SenderContact.objects.filter(pushed_version=99).update(pushed_at=NOW - timedelta(minutes=3))
    (lag,) = home(fortnight.demo.admin)["lags"]
    assert (lag.waiting, lag.withdrawals) == (1, 0)
    assert timedelta(hours=12) < NOW - lag.oldest < timedelta(hours=14)
    assert lag.last_success == NOW - timedelta(minutes=3)


def test_the_page_asks_the_database_as_often_however_much_there_is(busy_clinic):
    owner = signed_in(busy_clinic.demo.admin)
    owner.get(HOME)
    with CaptureQueriesContext(connection) as few:
        owner.get(HOME)
    more_of_everything(busy_clinic)
    with CaptureQueriesContext(connection) as many:
        owner.get(HOME)
    assert len(many) == len(few) < 27


def test_an_empty_database_is_welcome(db, home):
    founder = User.objects.create_superuser("founder")
    assert home(founder)["waiting"] == []


def test_a_new_organisation_reads_that_nobody_has_opted_in(member, elsewhere):
    page = signed_in(member("owner", elsewhere)).get(HOME).content.decode()
    assert "Nobody has opted in or stopped in these 30 days." in page
    assert "No channel yet." in page


def test_the_figures_stand_in_a_table_as_well(fortnight):
    page = signed_in(fortnight.demo.admin).get(HOME).content.decode()
    rows = re.findall(r'<tr><th scope="row">Website</th>((?:<td class="figure">\d+</td>)+)</tr>', page)
    assert [re.findall(r"\d+", row) for row in rows] == [["3", "2", "0"]]
    assert 'role="img" aria-labelledby="days-title days-text"' in page
