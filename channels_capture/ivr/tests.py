"""Calls with keys, each provider in its own format through the real view, and all that may be wrong."""

import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from channels_capture import intake, registry, tasks
from channels_capture.base import Incoming
from channels_capture.ivr import state
from channels_capture.ivr.africastalking import AfricastalkingVoice
from channels_capture.ivr.twilio import TwilioVoice
from channels_capture.ivr.vonage import VonageVoice
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    InboundDelivery,
    InboundMessage,
)
from tests.channels.recordings import BODIES, SCHEMES, Post
from tests.clinic import SIPHO

pytestmark = pytest.mark.once

FIXTURES = Path(__file__).with_name("fixtures")
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


@pytest.fixture(params=PROVIDERS)
def phone(request, clinic):
    return Phone(clinic, request.param)


@pytest.fixture
def twilio(clinic):
    return Phone(clinic, "twilio")


def events():
    rows = ConsentEvent.objects.select_related("purpose").order_by("recorded_at", "id")
    return [(event.kind, event.purpose.key if event.purpose else None, event.proved) for event in rows]


def test_keys_go_on_record_unproved_and_the_code_told_at_the_end_proves_them(phone, clinic):
    assert "press 1" in phone.dial()
    begun = phone.address
    wording = phone.press("1")
    assert "WhatsApp" in wording
    assert "Riverside Clinic" in wording
    assert "press 9" in wording
    assert events() == []
    asked = phone.address
    assert "health tips" in phone.press("1")
    said = events()
    assert said == [("given", REMINDERS, False)]
    assert clinic.gate(REMINDERS)["reason"] == "unconfirmed"
    phone.press("2")
    assert phone.is_over
    assert events() == [("given", REMINDERS, False), ("refused", TIPS, False)]

    given = ConsentEvent.objects.get(kind="given")
    payload = given.evidence.get(part="act").payload
    assert given.translation.content_hash == payload["script"]
    assert (payload["call"], payload["key"], payload["keys"]) == ("call-1", "1", ["1", "1"])
    assert wording.split() == payload["told"].split()
    assert payload["attestation"] == ("TN-Validation-Passed-A" if phone.provider == "twilio" else "not sent")
    assert "forged" in payload["proves"]
    assert ("unsigned source" in payload["verified"]) == (phone.provider == "africastalking")
    assert given.request.typed_number == f"+{CALLER}"
    assert [purpose.key for purpose in given.request.purposes.all()] == [REMINDERS]

    ending = phone.heard
    for address, key in ((begun, "1"), (asked, "1"), (asked, "1")):  # every request, sent again
        assert phone.request(key, address=address).status_code == 200
    assert len(events()) == 2
    assert {row.outcome for row in InboundMessage.objects.filter(channel=phone.channel)} == {
        "asked", "give", "refuse",
    }  # fmt: skip

    assert "2, 7, 8, 2" in ending
    clinic.write(phone.code)
    assert events()[2:] == [("given", REMINDERS, True)]
    assert clinic.gate(REMINDERS)["decision"] == "allow"


def test_silence_a_wrong_key_and_a_hang_up_make_no_event(clinic):
    unheard = [[], ["1"], ["1", "", ""], ["1", "0", "7"], ["1", "", "3", "5", "*"], ["*", "0"], ["", ""]]
    for number, keys in enumerate(unheard):
        phone = Phone(clinic, "twilio", call=f"call-{number}")
        phone.dial()
        for key in keys:
            phone.press(key)
        assert (
            phone.request(CallStatus="completed").content.decode().endswith("<Response><Hangup /></Response>")
        )
        assert phone.is_over == (len(keys) > 1)
        assert phone.heard == "Nothing was changed." or not phone.is_over
    assert events() == []
    assert not ConsentRequest.objects.exists()


def test_9_stops_everything_anywhere_and_only_the_code_brings_it_back(phone, clinic):
    phone.dial()
    phone.press("1")
    phone.press("1")
    phone.press("9")
    assert phone.is_over
    assert phone.heard.startswith("Done.")
    assert events() == [("given", REMINDERS, False), ("withdrawn", None, False)]
    again = Phone(clinic, phone.provider, call="call-2")
    again.dial()
    again.press("9")  # in the menu, before a language is chosen
    assert events()[2:] == [("withdrawn", None, False)]
    assert clinic.gate(REMINDERS)["reason"] == "withdrawn"


def test_after_a_stop_a_key_grants_nothing_until_the_code_is_sent(twilio, clinic, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    clinic.write("STOP")
    time_machine.shift(timedelta(minutes=5))
    twilio.dial()
    for key in ("1", "1", "2"):
        twilio.press(key)
    assert clinic.gate(REMINDERS)["reason"] == "withdrawn"
    code = twilio.code
    time_machine.shift(timedelta(seconds=30))
    clinic.write(code)
    assert clinic.gate(REMINDERS)["decision"] == "allow"


def test_the_code_of_a_forged_call_sent_from_another_number_takes_the_yes_back(twilio, clinic):
    twilio.dial()
    for key in ("1", "1", "2"):
        twilio.press(key)
    clinic.write(twilio.code, person=SIPHO)
    assert [reply.request.kind for reply in clinic.replies(SIPHO)] == ["was_that_you"]
    clinic.tap_button("No", person=SIPHO)
    assert [kind for kind, *_ in events()] == ["given", "refused", "invalidated", "refused"]
    assert clinic.gate(REMINDERS)["reason"] == "no_record"  # as if it had never been


def test_a_withheld_number_gets_the_code_alone_and_cannot_be_stopped_by_a_key(clinic):
    phone = Phone(clinic, "twilio", caller="Anonymous")
    phone.dial()
    for key in ("1", "1", "2"):
        phone.press(key)
    assert events() == []
    clinic.write(phone.code)
    assert events() == [("given", REMINDERS, True)]
    again = Phone(clinic, "twilio", caller="Anonymous", call="call-2")
    again.dial()
    assert "Send STOP" in again.press("9")


def test_where_no_voice_speaks_the_language_of_the_wording_the_call_is_hung_up(phone, clinic):
    clinic._publish("zu", title="WhatsApp")
    assert phone.dial() == ""
    assert phone.is_over
    assert InboundMessage.objects.get().outcome == "nothing_to_say"


def test_a_call_goes_on_in_the_words_with_which_it_began_and_tells_the_small_print(twilio, clinic):
    twilio.dial()
    clinic._publish(
        "en", body="Other words about WhatsApp from Riverside Clinic.", details="The small print."
    )
    assert "Other words" not in twilio.press("1")
    assert "press 1" in twilio.press("1")
    assert ConsentEvent.objects.get().translation.version.number == 1
    other = Phone(clinic, "twilio", call="call-2")
    assert "Other words" in other.dial()  # one language alone: nothing to choose
    assert "The small print." in other.press("3")
    other.press("1")
    payload = ConsentEvent.objects.latest("recorded_at").evidence.get(part="act").payload
    assert "The small print." in payload["told"]


def test_what_was_stored_and_not_processed_is_recorded_by_the_worker(twilio):
    twilio.dial()
    twilio.press("1")
    address, now = twilio.address, timezone.now()
    body = urlencode(twilio._twilio("1")).encode()
    incoming = Incoming(
        "POST", address, address.partition("?")[2].encode(), body, {}, twilio.channel.public_id, now
    )
    delivery = intake.store(twilio.channel, incoming)
    InboundDelivery.objects.filter(pk=delivery.pk).update(next_attempt_at=now)
    assert tasks.process_waiting() == 1
    assert events() == [("given", REMINDERS, False)]


def changed(raw, count=25):
    """The same with one byte different, in places all over it."""
    for place in range(0, len(raw), max(1, len(raw) // count)):
        yield raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


def test_what_is_changed_by_one_byte_unsigned_or_of_another_call_is_refused_and_counted(phone, clinic):
    phone.dial()
    phone.press("1")
    kept = InboundDelivery.objects.count(), InboundMessage.objects.count()
    address, token = phone.address, state.token(phone.address.partition("?")[2])
    made = getattr(phone, f"_{phone.provider}")("1")
    body = (json.dumps(made) if phone.provider == "vonage" else urlencode(made)).encode()
    headers = phone.sign(address, body)
    tried = []
    if headers:
        tried += [(address, other, headers) for other in changed(body)]
        tried += [(address, body, {}), (address, body, dict.fromkeys(headers, "Bearer a.b.c"))]
    else:
        key = phone.hook.rstrip("/").rpartition("/")[2]
        tried += [(address.replace(key, key[:-1] + ("A" if key[-1] != "A" else "B")), body, {})]
        tried += [(address.replace(f"{key}/", ""), body, {})]
    states = [
        token.replace(token[at], "A" if token[at] != "A" else "B", 1) for at in range(0, len(token), 20)
    ]
    foreign = Phone(clinic, phone.provider, call="call-2")
    foreign.dial()
    for other in [*states, state.token(foreign.address.partition("?")[2])]:
        forged = f"{phone.hook}?{urlencode({'state': other})}"
        tried.append((forged, body, phone.sign(forged, body)))
    for other, raw, signed in tried:
        assert phone.send(other, raw, signed).status_code == 401, (other, raw)
    assert CaptureChannel.objects.get(pk=phone.channel.pk).refused_count == len(tried)
    assert (InboundDelivery.objects.count() - 1, InboundMessage.objects.count() - 1) == kept
    assert events() == []


def test_the_address_of_a_call_long_over_is_refused(twilio, time_machine):
    twilio.dial()
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert twilio.request("1").status_code == 401


FORMS = sorted(
    path for path in FIXTURES.rglob("*") if path.suffix in (".form", ".json") and ".sig" not in path.name
)
ADAPTERS = {"twilio": TwilioVoice(), "africastalking": AfricastalkingVoice(), "vonage": VonageVoice()}


@pytest.mark.once
@pytest.mark.parametrize("path", FORMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_each_recorded_webhook_is_read_and_survives_the_loss_of_any_field(path):
    adapter, body = ADAPTERS[path.parent.name], path.read_bytes()
    is_over = "completed" in path.name
    assert [message.text for message in adapter.parse(body, {}, "").messages] == (
        [] if is_over else ["1" if "_1" in path.stem or "dtmf" in path.stem else ""]
    )
    whole = json.loads(body) if path.suffix == ".json" else dict(parse_qsl(body.decode(), True))
    for name in whole:
        less = {key: value for key, value in whole.items() if key != name}
        raw = json.dumps(less) if path.suffix == ".json" else urlencode(less)
        for message in adapter.parse(raw.encode(), {}, "").messages:
            assert message.id


@pytest.mark.once
@pytest.mark.parametrize("name", ["voice_incoming", "voice_gather_digits_1", "voice_status_completed"])
def test_twilios_own_signature_is_right_and_one_byte_changed_is_wrong(name):
    note = json.loads(body_of(f"twilio/{name}.sig.json"))

    def is_taken(body):
        query = note["url"].partition("?")[2].encode()
        headers = {"X-Twilio-Signature": note["signature"]}
        at = timezone.now()
        incoming = Incoming("POST", note["url"], query, body, headers, "acme", at)
        return ADAPTERS["twilio"].verify(incoming, note["secret"])

    body = body_of(f"twilio/{name}.form")
    assert is_taken(body)
    assert not any(map(is_taken, changed(body, count=100)))


@pytest.mark.once
def test_the_old_and_the_new_shape_of_vonages_key_are_read():
    for dtmf in ("1", {"digits": "1", "timed_out": False}):
        body = json.dumps({"uuid": "u", "from": CALLER, "dtmf": dtmf}).encode()
        assert ADAPTERS["vonage"].parse(body, {}, "").messages[0].text == "1"
