"""The sending side of Telegram's Bot API and of Messenger, as far as the portal uses it."""

import re
from typing import Any

from sandbox.exchange import Answer, ApiError, Json, Request, bad_request, json_answer
from sandbox.state import State
from sandbox.testers import Line

_TELEGRAM = re.compile(r"/bot([^/]+)/sendMessage")
_MESSENGER = re.compile(r"/[0-9]{5,20}/messages")


def is_call(request: Request) -> bool:
    return bool(_TELEGRAM.fullmatch(request.path) or _MESSENGER.fullmatch(request.path))


def answer_bot(state: State, request: Request) -> Answer:
    if request.method != "POST":
        raise ApiError(405, 405, "Method Not Allowed", "messages are sent with POST")
    match = _TELEGRAM.fullmatch(request.path)
    token = match[1] if match else request.headers.get("authorization", "").removeprefix("Bearer ")
    if not state.name_of(token):
        said: Json = {"ok": False, "error_code": 401} if match else {"error": {"code": 190}}
        return json_answer(said, 401)
    return _telegram(state, request.json()) if match else _messenger(state, request.json())


def _telegram(state: State, body: Json) -> Answer:
    chat, text = str(body.get("chat_id", "")), body.get("text")
    if not chat or not isinstance(text, str) or not 0 < len(text) <= 4096:
        return json_answer({"ok": False, "error_code": 400, "description": "Bad Request"}, 400)
    markup: Any = body.get("reply_markup") or {}
    rows = [*markup.get("inline_keyboard", []), *markup.get("keyboard", [])]
    number = _show(state, f"telegram/{chat}", text, [_key(button) for row in rows for button in row])
    return json_answer({"ok": True, "result": {"message_id": number}})


def _key(button: Json) -> Json:
    if button.get("request_contact"):
        return {"kind": "share", "title": button["text"]}
    if "url" in button:
        return {"kind": "link", "title": button["text"], "url": button["url"]}
    return {"kind": "button", "title": button["text"], "id": button["callback_data"]}


def _messenger(state: State, body: Json) -> Answer:
    person, message = str(body.get("recipient", {}).get("id", "")), body.get("message") or {}
    card = message.get("attachment", {}).get("payload", {})
    text = card.get("text") or message.get("text")
    longest = 640 if card else 2000
    if not person or not isinstance(text, str) or not 0 < len(text) <= longest:
        raise bad_request("a message has a recipient and a text that is not too long")
    links = [{"kind": "link", "title": b["title"], "url": b["url"]} for b in card.get("buttons", [])]
    taps = [
        {"kind": "button", "title": each["title"], "id": each["payload"]}
        for each in message.get("quick_replies", [])
    ]
    number = _show(state, f"messenger/{person}", text, [*links, *taps])
    return json_answer({"recipient_id": person, "message_id": f"m_{number}"})


def _show(state: State, chat: str, text: str, choices: list[Json]) -> int:
    with state.lock:
        number = state.next_number()
        state.chats.setdefault(chat, []).append(Line(number, False, text, tuple(choices)))
        return number
