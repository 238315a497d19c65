"""Somebody who calls, over each provider in its own format."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

from channels_capture import registry
from optins.models import (
    ConsentEvent,
)
from tests.channels.recordings import BODIES, SCHEMES, Post

FIXTURES = Path(__file__).parent.with_name("fixtures")

PROVIDERS = ("twilio", "africastalking", "vonage")

CALLER = "27820000101"

REMINDERS, TIPS = "appointment-reminders", "health-tips"


def body_of(name):
    return (FIXTURES / name).read_bytes()


class Phone:
    """Somebody who calls: what they hear, and the address that their next key goes to."""

    def __init__(self, clinic, provider, caller=f"+{CALLER}", call="call-1"):
        self.clinic, self.provider, self.caller, self.call = clinic, provider, caller, call
        slug = f"riverside-ivr-{provider}"
        self.channel = next(row for row in clinic.demo.channels if row.slug == slug)
        self.hook = registry.hook_address(self.channel)
        self.address, self.heard, self.is_over = self.hook, "", False

    def dial(self):
        self.address = self.hook
        return self.take(self.request())

    def press(self, key):
        return self.take(self.request(key))

    def request(self, key="", *, address="", **changes):
        """Post it as the provider does, signed; answers the response."""
        address = address or self.address or self.hook
        made = getattr(self, f"_{self.provider}")(key) | changes
        body = json.dumps(made) if self.provider == "vonage" else urlencode(made)
        return self.send(address, body.encode(), self.sign(address, body.encode()))

    def send(self, address, body, headers):
        path = address.removeprefix("http://testserver")
        return Post(path, body, headers, self.content_type).send(self.clinic.client)

    def sign(self, address, body):
        post = Post(address.removeprefix("http://testserver"), body, {}, self.content_type)
        scheme = SCHEMES.get(f"ivr/{self.provider}") or SCHEMES.get(self.provider)
        return scheme(post, self.channel.secret).headers if scheme else {}

    @property
    def content_type(self):
        return BODIES[".json" if self.provider == "vonage" else ".form"]

    def _twilio(self, key):
        form = dict(parse_qsl(body_of("twilio/voice_gather_digits_1.form").decode(), True))
        form |= {"CallSid": self.call, "From": self.caller, "Caller": self.caller, "Digits": key}
        return {name: value for name, value in form.items() if name != "Digits" or value}

    def _africastalking(self, key):
        form = dict(parse_qsl(body_of("africastalking/voice_incoming.form").decode()))
        form |= {"sessionId": self.call, "callerNumber": self.caller}
        return form | ({"dtmfDigits": key} if key else {})

    def _vonage(self, key):
        raw = json.loads(body_of("vonage/voice_answer.json"))
        raw |= {"uuid": self.call, "from": self.caller.removeprefix("+")}
        has_begun = self.address != self.hook
        return raw | ({"dtmf": {"digits": key, "timed_out": not key}} if has_begun else {})

    def take(self, response):
        assert response.status_code == 200, response.content
        self.answer = response.content.decode()
        read = self._read_ncco if self.provider == "vonage" else self._read_xml
        self.heard, self.address = read(self.answer)
        self.is_over = not self.address
        return self.heard

    def _read_xml(self, answer):
        root = ElementTree.fromstring(answer)  # noqa: S314  our own answer
        assert root.tag == "Response"
        ask = root.find("Gather") if self.provider == "twilio" else root.find("GetDigits")
        heard = "\n".join(each.text for each in root.iter("Say"))
        if ask is None:
            return heard, ""
        address = ask.get("action") or ask.get("callbackUrl")
        assert root.find("Redirect").text == address  # silence comes back to the same place
        return heard, address

    def _read_ncco(self, answer):
        actions = json.loads(answer)
        heard = "\n".join(each["text"] for each in actions if each["action"] == "talk")
        asks = [each for each in actions if each["action"] == "input"]
        return heard, asks[0]["eventUrl"][0] if asks else ""

    @property
    def code(self):
        """What was spelled out, one character at a time."""
        (spelled,) = set(
            re.findall(r"(?:[0-9A-Z], ){7}[0-9A-Z]", re.sub(r"number is [0-9, ]+", "", self.heard))
        )
        return spelled.replace(", ", "")


def events():
    rows = ConsentEvent.objects.select_related("purpose").order_by("recorded_at", "id")
    return [(event.kind, event.purpose.key if event.purpose else None, event.proved) for event in rows]


def changed(raw, count=25):
    """The same with one byte different, in places all over it."""
    for place in range(0, len(raw), max(1, len(raw) // count)):
        yield raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
