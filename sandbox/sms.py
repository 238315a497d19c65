"""The sending side of the SMS providers that take no answer in a webhook's, as far as the portal uses it.

Each is asked in its own way and answers in its own: their pages are named in the portal's ``optins/senders``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sandbox.exchange import Answer, ApiError, Json, Request, bad_request, json_answer
from sandbox.state import State
from sandbox.testers import Line

_LONGEST = 1600  # ten parts


@dataclass(frozen=True, slots=True)
class Sms:
    """One that a provider was asked to send: by whom, to whom, and what it answers with that id."""

    provider: str
    token: str
    to: str
    text: str
    taken: Callable[[str], Json]
    status: int = 200


def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode("utf-8", "replace")))


def _africastalking(request: Request) -> Sms:
    form = _form(request)

    def taken(id_: str) -> Json:
        one = {"statusCode": 101, "status": "Success", "number": form["to"], "messageId": f"ATXid_{id_}"}
        return {"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [one]}}

    return Sms("africastalking", request.headers.get("apikey", ""), form["to"], form["message"], taken, 201)


def _vonage(request: Request) -> Sms:
    form = _form(request)

    def taken(id_: str) -> Json:
        return {"message-count": "1", "messages": [{"to": form["to"], "message-id": id_, "status": "0"}]}

    return Sms("vonage", form["api_secret"], form["to"], form["text"], taken)


def _infobip(request: Request) -> Sms:
    message = request.json()["messages"][0]

    def taken(id_: str) -> Json:
        status = {"groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED"}
        return {"bulkId": id_, "messages": [{"messageId": id_, "status": status}]}

    token = _after("App ", request)
    return Sms("infobip", token, message["destinations"][0]["to"], message["content"]["text"], taken)


def _messagebird(request: Request) -> Sms:
    body = request.json()

    def taken(id_: str) -> Json:
        return {"id": id_, "direction": "mt", "type": "sms", "body": body["body"]}

    return Sms(
        "messagebird", _after("AccessKey ", request), str(body["recipients"][0]), body["body"], taken, 201
    )


def _clickatell(request: Request) -> Sms:
    body = request.json()

    def taken(id_: str) -> Json:
        one = {"apiMessageId": id_, "accepted": True, "to": body["to"][0], "error": None}
        return {"messages": [one], "error": None}

    return Sms("clickatell", _after("", request), body["to"][0], body["content"], taken, 202)


def _after(scheme: str, request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix(scheme)


def _messages(request: Request) -> Sms:
    """Two of them have the same path; what they call a key differs."""
    is_bird = request.headers.get("authorization", "").startswith("AccessKey ")
    return _messagebird(request) if is_bird else _clickatell(request)


_APIS = {
    "/version1/messaging": _africastalking,
    "/sms/json": _vonage,
    "/sms/3/messages": _infobip,
    "/messages": _messages,
}


def is_sms(request: Request) -> bool:
    return request.path in _APIS


def answer_sms(state: State, request: Request) -> Answer:
    """Show it on the tester's phone; a wrong key or a shape that the provider does not know is refused."""
    if request.method != "POST":
        raise ApiError(405, 405, "Method Not Allowed", "messages are sent with POST")
    try:
        sms = _APIS[request.path](request)
    except (KeyError, IndexError, TypeError) as error:
        raise bad_request("the provider would not understand this") from error
    if not state.name_of(sms.token):
        raise ApiError(401, 401, "Unauthorized", "no such key")
    if not 0 < len(sms.text) <= _LONGEST:
        raise bad_request("a message has a text of ten parts at most")
    with state.lock:
        number = state.next_number()
        chat = f"{sms.provider}/{sms.to.removeprefix('+')}"
        state.chats.setdefault(chat, []).append(Line(number, False, sms.text))
    return json_answer(sms.taken(str(number)), sms.status)
