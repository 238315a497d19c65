"""``/q/<CODE>``: counts that a printed code was opened, and shows its channel's page with the placement."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from channels_capture import placements
from optins.models import ConsentEvent, ConsentRequest, PlacementDay
from tests.channels.conftest import openings

pytestmark = pytest.mark.once


@pytest.fixture
def opened(clinic, poster):
    """Opens the printed address; returns how often it counts as opened by then."""

    def opened(query="", *, method="get", **headers):
        answer = getattr(clinic.client, method)(f"/q/{poster.code}{query}", headers=headers)
        assert answer.status_code == 200
        return sum(openings(poster).values())

    return opened


def test_an_opening_is_counted_and_the_page_is_shown_at_once(clinic, poster):
    answer = clinic.client.get(f"/q/{poster.code}")
    assert answer.status_code == 200
    assert "Riverside Clinic" in answer.content.decode()
    assert answer.context["channel"] == clinic.tap
    assert sum(openings(poster).values()) == 1


@pytest.mark.parametrize("path", ["/q/{}", "/Q/{}", "/q/{}/", "/Q/{}/"])
@pytest.mark.parametrize("write", [str.lower, str.upper])
def test_the_address_is_the_same_in_small_and_in_capital_letters(clinic, poster, path, write):
    assert clinic.client.get(path.format(write(poster.code))).status_code == 200
    assert sum(openings(poster).values()) == 1


def test_it_counts_on_the_day_that_it_is_where_the_organisation_is(clinic, poster):
    with time_machine.travel(datetime(2026, 11, 20, 22, 30, tzinfo=UTC), tick=False):
        clinic.client.get(f"/q/{poster.code}")
    clinic.organisation.time_zone = "America/Los_Angeles"
    clinic.organisation.save()
    with time_machine.travel(datetime(2026, 11, 20, 22, 30, tzinfo=UTC), tick=False):
        clinic.client.get(f"/q/{poster.code}")
    assert openings(poster) == {date(2026, 11, 21): 1, date(2026, 11, 20): 1}


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Purpose": "preview"},
        {"X-Moz": "prefetch"},
    ],
)
def test_what_a_browser_fetches_before_anybody_asks_is_no_opening(opened, headers):
    assert opened(**headers) == 0


def test_neither_head_nor_a_try_nor_a_link_of_the_page_is_an_opening(opened, poster):
    assert opened(method="head") == 0
    assert opened("?test") == 0
    assert opened(f"?p={poster.code}&lang=ar") == 0
    assert opened("?utm_source=poster") == 1


def test_choosing_on_the_page_is_no_opening(clinic, poster, choose_at):
    choose_at(f"/q/{poster.code}")
    assert sum(openings(poster).values()) == 1


def test_an_opening_writes_nothing_about_a_person(clinic, poster):
    clinic.client.get(f"/q/{poster.code}")
    assert clinic.contacts() == ConsentRequest.objects.count() == 0
    assert clinic.client.cookies == {}


@pytest.mark.parametrize(
    "address", ["/q/{code}", "/q/{small}", "/c/riverside-tap/?p={code}", "/c/riverside-tap/?p={small}"]
)
def test_the_placement_lands_on_the_request_and_on_the_act(clinic, poster, choose_at, address):
    clinic.write(choose_at(address.format(code=poster.code, small=poster.code.lower())))
    assert ConsentRequest.objects.get().placement == poster
    event = ConsentEvent.objects.get()
    assert (event.kind, event.placement, event.proved) == ("given", poster, True)


def test_a_placement_of_another_channel_counts_for_nothing(clinic, poster, choose_at):
    clinic.web.ask_number = "never"
    clinic.web.save()
    choose_at(f"/c/riverside-web/?p={poster.code}")
    assert ConsentRequest.objects.get().placement is None


def test_the_language_is_that_of_the_browser_and_of_the_link(clinic, poster):
    arabic = clinic.client.get(f"/q/{poster.code}", headers={"Accept-Language": "ar"})
    assert 'lang="ar" dir="rtl"' in arabic.content.decode()
    assert f"?p={poster.code}&amp;lang=fr" in arabic.content.decode()


@pytest.mark.parametrize("typed", ["NOPE2", "22222", "%00", "' OR 1=1", "x" * 40])
def test_an_unknown_code_is_told_kindly(clinic, poster, typed):
    answer = clinic.client.get(f"/q/{typed}", headers={"Accept-Language": "de,en"})
    assert answer.status_code == 404
    assert "Dieser Code ist nicht bekannt" in answer.content.decode()
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not PlacementDay.objects.exists()


def test_a_channel_that_was_switched_off_shows_that_it_is_closed(clinic, poster):
    clinic.tap.is_active = False
    clinic.tap.save()
    answer = clinic.client.get(f"/q/{poster.code}")
    assert answer.status_code == 404
    assert "This page is closed" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_code_of_a_closed_organisation_is_unknown(clinic, poster):
    clinic.organisation.closed_at = timezone.now()
    clinic.organisation.save()
    assert "This code is not known" in clinic.client.get(f"/q/{poster.code}").content.decode()


def test_a_channel_without_a_page_has_none_behind_its_code(clinic):
    placement = placements.add(clinic.thread, label="Card")
    assert clinic.client.get(f"/q/{placement.code}").status_code == 404


def test_a_count_that_fails_does_not_keep_anybody_from_choosing(clinic, poster, monkeypatch):
    def locked(*_):
        raise DatabaseError("database is locked")

    monkeypatch.setattr(placements, "count_opening", locked)
    assert clinic.client.get(f"/q/{poster.code}").status_code == 200


def test_openings_at_the_same_time_are_all_counted(live_clinic):
    poster = placements.add(live_clinic.tap, label="Poster")

    def open_some(_):
        try:
            client = Client()
            return [client.get(f"/q/{poster.code}").status_code for _ in range(5)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = [status for some in pool.map(open_some, range(8)) for status in some]
    assert answers == [200] * 40
    assert sum(openings(poster).values()) == 40
