"""No number leaves by a log line, a printed line or the text of an exception."""

import logging
import re
import traceback

import pytest

from optins.senders.base import SenderError
from optins.senders.turn import TurnPlatform
from optins.sync.drain import drain
from tests.clinic import BSUID, THANDI

pytestmark = pytest.mark.once

# A whole number by itself: what the log counts of the time has such digits behind its point.
NUMBER = re.compile(r"(?<![\d.])2782\d{5,}")
TROUBLE = [
    {"status": 500},
    {"status": 429},
    {"status": 400, "code": -1},
    {"status": 401},
    {"drop": True},
]


def everything_said(caplog, capsys):
    printed = capsys.readouterr()
    records = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    return "\n".join((caplog.text, records, printed.out, printed.err))


@pytest.mark.parametrize("what", TROUBLE, ids=str)
def test_no_number_is_logged_or_printed(what, outward, fault, write, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    write(THANDI)
    caplog.clear()
    fault(**what)
    outward.give()
    outward.reply("Thank you, Thandi")
    for _ in range(3):
        drain()
        outward.make_due()
    outward.stop()
    fault(**what, path="/v1/messages")
    drain()
    said = everything_said(caplog, capsys)
    assert not NUMBER.search(said)
    assert "Thandi" not in said


def test_staff_are_told_of_a_parked_push_by_its_ids(outward, fault, caplog):
    fault(status=400, code=-1)
    outward.give()
    drain()
    assert f"'contact': {outward.row().contact_id}" in caplog.text
    assert not NUMBER.search(caplog.text)


@pytest.mark.parametrize("address", [THANDI, BSUID])
@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://[", "http://127.0.0.1:99999", "ftp://here"])
def test_no_number_stands_in_the_text_of_an_exception(url, address, outward):
    outward.move_to(url)
    sender = outward.sender
    for call in (
        lambda: TurnPlatform().push(sender, address, {"opted_in": False}),
        lambda: TurnPlatform().send(sender, outward.reply(to=address)),
    ):
        with pytest.raises(SenderError) as caught:
            call()
        text = "".join(traceback.format_exception(caught.value))
        assert address not in text
        assert caught.value.outage


def test_no_number_stands_in_what_staff_are_shown_of_a_failure(outward, fault):
    fault(drop=True)
    outward.give()
    message = outward.reply()
    drain()
    message.refresh_from_db()
    assert not NUMBER.search(f"{outward.row().last_error} {message.last_error} {outward.row()} {message}")
