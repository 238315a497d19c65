"""Replies: rows that are sent in order, in the platform's format, and that never block consent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from optins.sync.drain import drain
from tests.clinic import BSUID, SIPHO, THANDI

BUTTONS = [{"id": "optin:yes:v3", "title": "Yes, please"}, {"id": "optin:no:v3", "title": "No, thanks"}]
TEXT = "Please reply YES to confirm."
QUESTION = "May Acme Clinic send you reminders on WhatsApp? Reply STOP any time."
BOTH = ("appointment-reminders", "health-tips")


def sent(sandbox):
    """What reached phones, in order: to whom, and the text."""
    messages = [m for m in sandbox.state()["messages"] if m["direction"] == "outbound"]
    return [(m["contact"], m["text"]) for m in messages]


def fresh(message):
    message.refresh_from_db()
    return message


@pytest.mark.parametrize(("kind", "buttons"), [("text", []), ("interactive", BUTTONS)])
def test_the_call_is_exactly_the_recorded_one(kind, buttons, recorded, recorder, fixture, headers_of):
    recorded.move_to(recorder.url, token="TEST-TURN-TOKEN")
    recorded.reply(QUESTION if buttons else TEXT, buttons=buttons)
    drain()
    [call] = recorder.calls
    assert (call.method, call.path) == ("POST", "/v1/messages")
    assert call.body == fixture(f"api_messages_{kind}.request")
    expected = headers_of("api_messages_text.request")
    assert {header: call.headers[header] for header in expected} == expected


def test_a_reply_reaches_the_phone_with_its_buttons(outward, sandbox, write):
    write(THANDI)
    message = outward.reply(QUESTION, buttons=BUTTONS)
    assert drain() == 1
    shown = sandbox.state()["messages"][-1]
    assert [(choice["id"], choice["title"]) for choice in shown["choices"]] == [
        (button["id"], button["title"]) for button in BUTTONS
    ]
    assert (fresh(message).state, message.vendor_id) == ("sent", shown["id"])
    assert message.sent_at is not None


def test_a_person_without_a_number_is_answered_by_the_bsuid(outward, sandbox, write):
    write(BSUID)
    outward.reply(to=BSUID)
    drain()
    assert sent(sandbox) == [(BSUID, "Thank you")]
    assert sandbox.state()["messages"][-1]["body"]["recipient"] == BSUID


def test_a_refused_reply_fails_and_says_nothing_about_consent(outward, sandbox):
    clinic = outward.clinic
    clinic.write(clinic.choose(*BOTH))
    assert drain() == 2
    [thanks] = clinic.replies()
    assert (thanks.state, thanks.last_error) == ("failed", "HTTP 400, code 131047")
    assert clinic.gate()["decision"] == "allow"
    assert outward.is_in_step()
    outward.make_due()
    assert drain() == 0


def test_a_reply_whose_window_has_closed_is_not_sent(outward, sandbox):
    message = outward.reply(expires_at=timezone.now() - timedelta(seconds=1))
    assert drain() == 1
    assert fresh(message).state == "failed"
    assert "window" in message.last_error
    assert sandbox.state()["calls"] == []


def test_each_person_gets_replies_in_the_order_in_which_they_were_written(outward, sandbox, write, fault):
    write(THANDI)
    write(SIPHO)
    fault(path="/v1/messages", status=500)
    for text in ("first", "second"):
        outward.reply(text)
    outward.reply("to another", to=SIPHO)
    assert drain() == 0
    assert drain() == 1
    assert sent(sandbox) == [(SIPHO, "to another")]
    outward.make_due()
    assert drain() == 2
    assert sent(sandbox)[1:] == [(THANDI, "first"), (THANDI, "second")]


def test_a_reply_that_failed_for_good_holds_up_none_after_it(outward, sandbox, write, fault):
    write(THANDI)
    fault(path="/v1/messages", status=400, code=131026)
    outward.reply("first")
    outward.reply("second")
    assert drain() == 2
    assert sent(sandbox) == [(THANDI, "second")]


def test_withdrawals_go_first_then_replies_then_grants(recorded, recorder):
    recorded.give(SIPHO)
    recorded.reply()
    recorded.stop(THANDI)
    drain()
    order = [(call.method, (call.body or {}).get("opted_in")) for call in recorder.calls]
    assert order == [("PATCH", False), ("POST", None), ("PATCH", True)]


def test_what_is_due_is_chosen_anew_after_each_call(recorded, recorder):
    for person in (SIPHO, THANDI):
        recorded.give(person)
    drain()
    recorded.make_due()
    recorded.stop(THANDI)
    recorded.give("27820000303")
    recorder.calls.clear()
    drain()
    assert [body["opted_in"] for body in recorder.bodies] == [False, True]


def test_a_reply_without_an_answer_is_sent_again(outward, sandbox, write, fault):
    write(THANDI)
    message = outward.reply()
    fault(path="/v1/messages", drop=True)
    drain()
    assert (fresh(message).state, message.attempts) == ("waiting", 1)
    outward.make_due()
    drain()
    assert sent(sandbox) == [(THANDI, "Thank you")]


def test_the_whole_conversation_reaches_the_phone(outward, sandbox, write):
    write(THANDI)
    clinic = outward.clinic
    clinic.write("Join")
    drain()
    clinic.tap_button("Yes")
    clinic.write("STOP")
    drain()
    texts = [text for _, text in sent(sandbox)]
    assert len(texts) == len(clinic.replies()) == 3
    assert "Riverside Clinic" in texts[0]
    keep = sandbox.state()["messages"][-1]["choices"]
    assert [choice["title"] for choice in keep] == ["Appointment reminde…", "Health tips"]
