"""Replies over each platform, by real HTTP: the call it takes, the answers it gives, and nothing to tell."""

import json

import pytest
from django.utils import timezone

from optins.models import OutboundMessage, Sender
from optins.senders import PLATFORMS
from optins.sync.drain import drain
from tests.clinic import BSUID, THANDI

QUESTION = "May Acme Clinic send you reminders on WhatsApp? Reply STOP any time."
BUTTONS = [{"id": "optin:yes:v3", "title": "Yes, please"}, {"id": "optin:no:v3", "title": "No, thanks"}]
ACCOUNTS = {
    "whatsapp_cloud": {"account": "106540350000001", "token": "TEST-META-TOKEN"},
    "dialog360": {"token": "TEST-360-KEY"},
    "twilio": {"account": "AC1", "token": "auth", "number": "+27820000900"},
    "africastalking": {"account": "clinic", "token": "api-key", "medium": "sms", "number": "21512"},
    "vonage": {"account": "abcd1234", "token": "api-secret", "medium": "sms", "number": "+12025550199"},
    "infobip": {"token": "api-key", "medium": "sms", "number": "21512"},
    "messagebird": {"token": "access-key", "medium": "sms", "number": "+31970065123"},
    "clickatell": {"token": "api-key", "medium": "sms", "number": "+27600000001"},
    "messenger": {"account": "100000000000001", "token": "page-token", "medium": "bot"},
    "telegram": {"token": "700:bot-token", "medium": "bot"},
}


def body(value, status=200):
    return (status, {"Content-Type": "application/json"}, json.dumps(value).encode())


@pytest.fixture
def send(recorded, recorder):
    """Sends one reply over a platform; returns the call and what became of the reply."""

    def over(platform, *, answer=None, to=THANDI, buttons=(), **more):
        recorded.move_to(recorder.url, platform=platform, **{**ACCOUNTS[platform], **more})
        recorder.answers[:] = [answer] if answer else []
        reply = recorded.reply(QUESTION, to=to, buttons=list(buttons))
        before = len(recorder.calls)
        drain()
        [call] = recorder.calls[before:]
        reply.refresh_from_db()
        OutboundMessage.objects.all().delete()
        return call, reply

    return over


def test_meta_and_360dialog_take_the_recorded_call_with_buttons(send, fixture):
    sent = body(fixture("whatsapp_cloud.api_send.response"))
    wanted = fixture("whatsapp_cloud.api_send_buttons.request")
    for platform, path, header in (
        ("whatsapp_cloud", "/106540350000001/messages", ("Authorization", "Bearer TEST-META-TOKEN")),
        ("dialog360", "/messages", ("D360-API-KEY", "TEST-360-KEY")),
    ):
        call, reply = send(platform, answer=sent, buttons=BUTTONS)
        assert (call.method, call.path, call.body) == ("POST", path, wanted)
        named = {name.lower(): value for name, value in call.headers.items()}
        assert named[header[0].lower()] == header[1]
        assert (reply.state, reply.vendor_id) == (
            "sent",
            "wamid.HBgLMjc4MjAwMDAxMDEVAgARGBIAAAAAAAAAAAAAAAAAAAAB",
        )
        call, _ = send(platform, answer=sent, to=BSUID)
        assert (call.body["recipient"], call.body["type"]) == (BSUID, "text")
        assert "to" not in call.body


def test_twilio_takes_a_form_for_whatsapp_and_for_sms(send):
    answer = body({"sid": "SM1", "status": "queued"}, 201)
    for medium, to, sender, addressee in (
        ("whatsapp", THANDI, "whatsapp:+27820000900", f"whatsapp:+{THANDI}"),
        ("whatsapp", BSUID, "whatsapp:+27820000900", f"whatsapp:{BSUID}"),
        ("sms", THANDI, "+27820000900", f"+{THANDI}"),
    ):
        call, reply = send("twilio", answer=answer, to=to, medium=medium)
        assert call.path == "/2010-04-01/Accounts/AC1/Messages.json"
        assert call.body == {"From": sender, "To": addressee, "Body": QUESTION}
        assert call.headers["Authorization"] == "Basic QUMxOmF1dGg="
        assert (reply.state, reply.vendor_id) == ("sent", "SM1")


def test_sms_platforms_take_a_form_and_say_in_it_what_became_of_each(send):
    recipient = {"statusCode": 101, "status": "Success", "messageId": "ATXid_1"}
    taken = body({"SMSMessageData": {"Message": "Sent", "Recipients": [recipient]}}, 201)
    call, reply = send("africastalking", answer=taken)
    assert (call.path, call.headers["apikey"]) == ("/version1/messaging", "api-key")
    assert call.body == {"username": "clinic", "to": f"+{THANDI}", "message": QUESTION, "from": "21512"}
    assert (reply.state, reply.vendor_id) == ("sent", "ATXid_1")
    call, reply = send("vonage", answer=body({"messages": [{"status": "0", "message-id": "V1"}]}))
    assert call.path == "/sms/json"
    assert (call.body["to"], call.body["from"]) == (THANDI, "12025550199")
    assert (reply.state, reply.vendor_id) == ("sent", "V1")


def test_sms_platforms_take_json_and_give_the_message_an_id(send):
    taken = {"messageId": "I1", "status": {"groupId": 1, "groupName": "PENDING", "id": 26}}
    call, reply = send("infobip", answer=body({"bulkId": "B1", "messages": [taken]}))
    assert (call.path, call.headers["Authorization"]) == ("/sms/3/messages", "App api-key")
    destined = {"sender": "21512", "destinations": [{"to": THANDI}], "content": {"text": QUESTION}}
    assert call.body == {"messages": [destined]}
    assert (reply.state, reply.vendor_id) == ("sent", "I1")

    call, reply = send("messagebird", answer=body({"id": "M1", "recipients": {"totalSentCount": 1}}, 201))
    assert (call.path, call.headers["Authorization"]) == ("/messages", "AccessKey access-key")
    worded = {"originator": "31970065123", "body": QUESTION, "datacoding": "auto"}
    assert call.body == {**worded, "recipients": [THANDI]}
    assert (reply.state, reply.vendor_id) == ("sent", "M1")

    taken = {"apiMessageId": "C1", "accepted": True, "to": THANDI, "error": None}
    call, reply = send("clickatell", answer=body({"messages": [taken], "error": None}, 202))
    assert (call.path, call.headers["Authorization"]) == ("/messages", "api-key")
    assert call.body == {"from": "27600000001", "to": [THANDI], "content": QUESTION}
    assert (reply.state, reply.vendor_id) == ("sent", "C1")


REFUSED = {"error": {"code": 131047, "message": "(#131047) Re-engagement message"}}


def test_bots_take_json_with_choices_a_link_or_a_wish_for_the_number(send):
    link, share = {"url": "https://wa.me/1?text=a", "title": "Open"}, {"ask": "number", "title": "Share"}
    choices = [{"id": button["id"], "title": button["title"]} for button in BUTTONS]
    sent = body({"ok": True, "result": {"message_id": 12}})
    call, reply = send("telegram", answer=sent, buttons=BUTTONS, to="700000001")
    assert (call.path, reply.state, reply.vendor_id) == ("/bot700:bot-token/sendMessage", "sent", "12")
    keys = [[{"text": each["title"], "callback_data": each["id"]}] for each in choices]
    markup = {"inline_keyboard": keys}
    assert call.body == {"chat_id": "700000001", "text": QUESTION, "reply_markup": markup}
    call, _ = send("telegram", buttons=[link], to="700000001")
    assert call.body["reply_markup"] == {"inline_keyboard": [[{"text": "Open", "url": link["url"]}]]}
    call, _ = send("telegram", buttons=[share], to="700000001")
    assert call.body["reply_markup"]["keyboard"] == [[{"text": "Share", "request_contact": True}]]

    sent = body({"recipient_id": "7000000000000001", "message_id": "m_1"})
    call, reply = send("messenger", answer=sent, buttons=BUTTONS, to="7000000000000001")
    assert (call.path, reply.vendor_id) == ("/100000000000001/messages", "m_1")
    assert call.headers["Authorization"] == "Bearer page-token"
    replies = [{"content_type": "text", "title": b["title"], "payload": b["id"]} for b in choices]
    assert call.body["message"] == {"text": QUESTION, "quick_replies": replies}
    assert call.body["recipient"] == {"id": "7000000000000001"}
    call, _ = send("messenger", buttons=[link], to="7000000000000001")
    button = {"type": "web_url", "url": link["url"], "title": "Open"}
    card = {"template_type": "button", "text": QUESTION, "buttons": [button]}
    assert call.body["message"] == {"attachment": {"type": "template", "payload": card}}


# platform, its answer, whether that is for good
TROUBLE = [
    ("whatsapp_cloud", body(REFUSED, 400), True),
    ("whatsapp_cloud", body({"error": {"code": 130429}}, 400), False),
    ("whatsapp_cloud", body({"error": {"code": 190}}, 401), False),
    ("dialog360", body({"meta": {}, "errors": [{"code": 131026}]}, 400), True),
    ("dialog360", body("a proxy says no", 400), False),
    ("twilio", body({"code": 21610, "status": 400}, 400), True),
    ("twilio", body({"code": 20429}, 429), False),
    ("twilio", body({"code": 20003}, 401), False),
    ("africastalking", body({"SMSMessageData": {"Recipients": [{"statusCode": 406}]}}, 201), True),
    (
        "africastalking",
        body({"SMSMessageData": {"Message": "InvalidSenderId", "Recipients": []}}, 201),
        False,
    ),
    ("africastalking", body([], 500), False),
    ("vonage", body({"messages": [{"status": "6"}]}), True),
    ("vonage", body({"messages": [{"status": "1"}]}), False),
    ("vonage", body({"messages": "?"}), False),
    ("infobip", body({"messages": [{"status": {"groupId": 5, "id": 8}}]}), True),
    ("infobip", body({"messages": [{"status": {"groupId": 5, "id": 12}}]}), False),
    ("infobip", body({"messages": [{"status": {"groupId": 2}}]}), True),
    ("infobip", body({"messages": [{"status": "?"}]}), False),
    ("infobip", body({"requestError": {"serviceException": {"messageId": "UNAUTHORIZED"}}}, 401), False),
    ("messagebird", body({"errors": [{"code": 103}]}, 422), True),
    ("messagebird", body({"errors": [{"code": 10, "parameter": "recipients"}]}, 422), True),
    ("messagebird", body({"errors": [{"code": 25}]}, 422), False),
    ("messagebird", body({"errors": [{"code": 2}]}, 401), False),
    ("messagebird", body("a proxy says no", 422), False),
    ("clickatell", body({"messages": [{"accepted": False, "error": f"No route to {THANDI}"}]}, 202), False),
    ("clickatell", body({"messages": [], "error": "From number is not related to integration"}, 200), False),
    ("clickatell", body({"error": "Invalid or missing integration API Key."}, 401), False),
    ("telegram", body({"ok": False, "error_code": 403, "description": "blocked by the user"}, 403), True),
    ("telegram", body({"ok": False, "error_code": 400, "description": "chat not found"}, 400), True),
    ("telegram", body({"ok": False, "error_code": 429, "parameters": {"retry_after": 5}}, 429), False),
    ("telegram", body({"ok": False, "error_code": 401}, 401), False),
    ("telegram", body("a proxy says no", 403), False),
    ("messenger", body({"error": {"code": 551}}, 400), True),
    ("messenger", body({"error": {"code": 190}}, 401), False),
]


def test_a_refusal_for_good_fails_the_reply_and_any_other_is_tried_again(send):
    for platform, answer, is_final in TROUBLE:
        Sender.objects.update(limits={})
        _, reply = send(platform, answer=answer)
        assert (reply.state == "failed") is is_final, (platform, answer)
        assert is_final or reply.next_attempt_at > timezone.now(), (platform, answer)
        assert THANDI not in reply.last_error


@pytest.mark.parametrize("platform", sorted(set(PLATFORMS) - {"turn"}))
def test_a_platform_that_holds_no_consent_is_in_step_without_a_call(platform, recorded, recorder):
    recorded.move_to(recorder.url, platform=platform, **ACCOUNTS.get(platform, {}) | {"medium": "whatsapp"})
    recorded.give()
    drain()
    assert recorded.is_in_step()
    assert recorder.calls == []


def test_an_account_that_answers_only_inline_sends_nothing(recorded, recorder):
    recorded.move_to(recorder.url, platform="inline")
    reply = recorded.reply()
    drain()
    reply.refresh_from_db()
    assert (reply.state, recorder.calls) == ("failed", [])
