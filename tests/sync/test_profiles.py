"""What a sender is told about a contact: the exact calls, once, and in which words."""

from datetime import UTC, datetime

import pytest

from optins.sync.drain import drain
from tests.clinic import BSUID, SIPHO, THANDI

AT = datetime(2026, 11, 20, 9, 15, 2, tzinfo=UTC)
BOTH = ("appointment-reminders", "health-tips")


def held(sandbox, person=THANDI):
    return sandbox.state()["contacts"][person]["fields"]


def patches(sandbox):
    """Who was told what, in order."""
    calls = [call for call in sandbox.state()["calls"] if call["method"] == "PATCH"]
    return [(call["path"].split("/")[3], call["body"]["opted_in"]) for call in calls]


@pytest.mark.parametrize("name", ["api_profile_patch_opt_in", "api_profile_patch_opt_out"])
def test_the_call_is_exactly_the_recorded_one(name, recorded, recorder, fixture, headers_of):
    recorded.move_to(recorder.url, token="TEST-TURN-TOKEN")
    recorded.give(at=AT)
    if name.endswith("out"):
        recorded.stop()
    drain()
    [call] = recorder.calls
    assert (call.method, call.path) == ("PATCH", f"/v1/contacts/{THANDI}/profile")
    assert call.body == fixture(f"{name}.request")
    expected = headers_of(f"{name}.request")
    assert {header: call.headers[header] for header in expected} == expected


def test_the_platform_holds_what_the_person_decided(outward, sandbox):
    outward.give(at=AT)
    assert drain() == 1
    assert held(sandbox)["opted_in"] is True
    assert held(sandbox)["opted_in_at"] == "2026-11-20T09:15:02.000000Z"
    assert outward.row().observed["opted_in"] is True
    outward.stop()
    assert drain() == 1
    assert held(sandbox)["opted_in"] is False
    assert outward.is_in_step()


def test_what_is_in_step_is_not_sent_again(outward, sandbox):
    outward.give()
    drain()
    outward.make_due()
    assert drain() == 0
    assert len(patches(sandbox)) == 1


def test_a_change_that_leaves_a_purpose_allowed_changes_nothing_at_the_sender(outward, sandbox):
    outward.give(THANDI, *BOTH, at=AT)
    drain()
    outward.act("withdrawn", THANDI, purposes=(outward.clinic.purposes["health-tips"],), reason="requested")
    assert drain() == 0
    assert held(sandbox)["opted_in"] is True


def test_changes_that_come_together_are_told_once(outward, sandbox):
    outward.give()
    outward.stop()
    assert drain() == 1
    assert patches(sandbox) == [(THANDI, False)]


def test_a_number_that_has_not_written_yet_is_told_by_its_digits(outward, sandbox):
    outward.give_by_number(f"+{SIPHO}")
    drain()
    assert held(sandbox, SIPHO)["opted_in"] is True


def test_a_person_without_a_number_is_told_by_the_bsuid(outward, sandbox):
    outward.give("", bsuid=BSUID)
    drain()
    outward.stop("", bsuid=BSUID)
    drain()
    assert patches(sandbox) == [(BSUID, True), (BSUID, False)]


def test_a_bsuid_of_another_portfolio_means_nobody_to_this_sender(outward, sandbox):
    outward.give("", bsuid=BSUID)
    outward.move_to(sandbox.url, portfolio="another-portfolio")
    drain()
    assert sandbox.state()["calls"] == []
    assert outward.row(BSUID).parked_at is not None


def test_the_platforms_own_id_comes_before_the_number(outward, sandbox):
    outward.give("5215512345678")
    assert outward.row("525512345678") == outward.row("5215512345678")
    drain()
    assert patches(sandbox) == [("5215512345678", True)]


def test_a_stop_reaches_every_address_that_was_told_a_yes(outward, sandbox):
    outward.give_by_number("+525512345678")
    drain()
    outward.stop("5215512345678")
    drain()
    assert patches(sandbox) == [
        ("525512345678", True),
        ("5215512345678", False),
        ("525512345678", False),
    ]


def test_a_stop_from_a_number_that_was_hidden_at_first_reaches_the_bsuid_as_well(outward, sandbox):
    outward.give("", bsuid=BSUID)
    drain()
    outward.stop(THANDI, bsuid=BSUID)
    drain()
    assert held(sandbox, BSUID)["opted_in"] is False
    assert held(sandbox, THANDI)["opted_in"] is False


def test_whom_the_platform_does_not_know_need_not_be_withdrawn_there(recorded, recorder):
    recorded.give()
    drain()
    recorded.stop()
    recorder.answers = [(404, {}, b'{"errors":[{"code":1006,"title":"Resource not found"}]}')]
    drain()
    assert recorded.is_in_step()


def test_test_contacts_are_never_told(outward, sandbox):
    outward.give(is_test=True)
    assert drain() == 0
    assert sandbox.state()["calls"] == []
