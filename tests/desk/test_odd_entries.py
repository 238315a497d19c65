"""Whatever a device sends, the desk answers it, and one entry that cannot be taken holds up no other."""

import json
from datetime import UTC, datetime

import pytest

from channels_capture.desk import form
from optins.models import DeskCapture, Device
from tests.clinic import THANDI

FAR = ("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00")


def test_an_odd_entry_is_refused_by_itself_and_the_one_beside_it_is_recorded(clinic, tablet):
    good = tablet.entry(tablet.codes[0], "health-tips")
    odd = [
        tablet.entry(tablet.codes[1], "health-tips", **changes)
        for changes in (
            {"noted": "Stall \ud83d"},
            {"language": "\udc00"},
            {"version": "\ud800"},
            {"source": "\ud800"},
            {"number": "\ud800"},
            {"captured_at": FAR[0]},
            {"captured_at": FAR[2]},
            {"id": None},
            {"purposes": None},
            {"purposes": {"health-tips": 1}, "noted": ["a"]},
        )
    ]
    odd += ["[" * 3900, "{}", "null", '"a"', "NaN", ""]
    told = [tablet.upload(text, good) for text in odd]
    assert [second for _first, second in told] == ["recorded"] * len(odd)
    assert "recorded" not in {first for first, _second in told}
    assert clinic.events() == []  # nobody is named, so that nothing is recorded before the code is sent
    clinic.write(f"Yes {tablet.codes[0]}")
    assert clinic.events() == [("given", "health-tips", True)]


@pytest.mark.parametrize("now", FAR)
def test_a_clock_that_is_ages_away_breaks_nothing(clinic, tablet, now):
    text = tablet.entry(tablet.codes[0], "health-tips")
    tablet.upload(text, now=datetime.fromisoformat(now))
    assert tablet.upload(text) == "recorded"


@pytest.mark.once
def test_what_is_no_question_of_the_page_is_answered_as_such(tablet):
    of_stock = {"device": tablet.id, "channel": tablet.agent.channel().slug}
    now = datetime.now(UTC).isoformat()
    asked = [
        of_stock | {"have": float("inf")},
        of_stock | {"have": float("nan")},
        dict.fromkeys(("device", "channel", "organisation", "have", "now"), "1\0"),
        dict.fromkeys(("device", "channel", "organisation", "have", "now"), "\ud800"),
        {"organisation": "riverside-clinic", "public_key": "\ud800", "name": "a"},
        {"device": tablet.id, "now": now, "entries": [{"entry": "\ud800", "signature": "a"}, 1, None]},
        {"device": tablet.id, "now": "2026-01-01T00:00:00", "entries": []},
        {"device": tablet.id, "now": now, "entries": {"a": 1}},
        None,
    ]
    bodies = [*map(json.dumps, asked), "[" * 100_000, b"\xed\xa0\xbd", ""]
    for body in bodies:
        for what in ("devices", "stock", "entries"):
            answer = tablet.agent.client.post(
                f"/desk/{what}/", body, "application/json", headers={"Accept": "application/json"}
            )
            assert answer.status_code in (200, 400, 404, 422), (what, body[:80])


@pytest.mark.parametrize("name", ["Tab\ud83d", "Tab\0let", "T" * 5000])
def test_a_device_with_any_name_is_taken_or_told_why_not(tablet, name):
    key = Device.objects.get().public_key
    asked = {"organisation": tablet.agent.clinic.organisation.slug, "public_key": key, "name": name}
    assert tablet.ask("devices", asked).status_code in (200, 422)


@pytest.mark.once
def test_nobody_is_reported_offline_who_said_no_before_where_the_law_lets_one_ask_once(clinic, tablet):
    clinic.write(clinic.choose("health-tips"))
    clinic.write("STOP")
    before = clinic.events()
    text = tablet.entry(tablet.codes[0], "health-tips", number=f"+{THANDI}")
    assert tablet.upload(text) == form.SAID_NO
    assert clinic.events() == before


def test_what_no_database_keeps_is_left_out_of_a_page_and_of_what_staff_note(agent):
    assert agent.client.get(agent.address(), {"p": "K7\0"}).status_code == 200
    agent.capture("health-tips", noted="Market\0 hall\0")
    assert DeskCapture.objects.get().noted == {"place": "Market hall"}
    assert agent.send(purposes="health-tips", noted="\0").status_code == 422
