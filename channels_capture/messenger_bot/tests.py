"""Bots: what each recording leads to, the way from the chat to WhatsApp, and a stop before anything else."""

import itertools
import json
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from django.db import transaction
from django.utils import timezone

from channels_capture import placements, registry
from channels_capture.messenger_bot.telegram import Telegram
from optins import erasing
from optins.consent import erasure, keywords, requests, wording
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    Contact,
    ContactIdentifier,
    DataSubjectRequest,
    Evidence,
    InboundDelivery,
    InboundMessage,
    OutboundMessage,
    ReviewItem,
    SenderContact,
    User,
)
from tests.channels.recordings import BODIES, names, recorded, signed
from tests.clinic import SIPHO, THANDI

RECORDED_AT = datetime(2026, 11, 20, 9, 20, 5, tzinfo=UTC)
PERSON = {"messenger": "7000000000000001", "telegram": "700000001"}
BOTH = ["appointment-reminders", "health-tips"]
_ids = itertools.count(1)
# By recording: its outcome, and the purposes that the bot then asks about.
EXPECTED = {
    "messenger": {
        "optin_checkbox_user_ref.json": (["wish"], BOTH),
        "optin_notification_messages.json": (["wish"], BOTH),
        "quick_reply.json": (["left_alone"], []),  # of the organisation's own bot
        "referral_mme.json": (["wish"], BOTH),
        "text.json": (["left_alone"], []),  # "YES", and nothing was asked
    },
    "telegram": {
        "button_tapped.json": (["left_alone"], []),
        "contact_shared_own.json": (["number"], BOTH),
        "my_chat_member_blocked.json": (["blocked"], []),
        "start_deeplink.json": (["wish"], BOTH),
    },
}


def bot_of(clinic, provider):
    rows = CaptureChannel.objects.select_related("organisation", "sender", "bot", "notice__organisation")
    return rows.get(organisation=clinic.organisation, kind="messenger_bot", provider=provider)


class Bot:
    """One bot of the clinic, and the person who writes to it."""

    def __init__(self, clinic, provider):
        self.clinic, self.provider, self.channel = clinic, provider, bot_of(clinic, provider)
        self.person = PERSON[provider]

    def send(self, text="", *, payload="", at=None, person="", **more):
        """Write, or tap; returns what the bot then said, newest last."""
        before = OutboundMessage.objects.count()
        make = {"messenger": self._messenger, "telegram": self._telegram}[self.provider]
        body = json.dumps(make(text, payload, at or timezone.now(), person or self.person, more)).encode()
        self.answer = signed(self.channel, body, BODIES[".json"], {}).send(self.clinic.client)
        assert self.answer.status_code == 200
        assert InboundMessage.objects.exists()
        return list(OutboundMessage.objects.order_by("pk")[before:])

    def _messenger(self, text, payload, at, person, more):
        tapped = {"quick_reply": {"payload": payload}} if payload else {}
        said = {"message": {"mid": f"m_{next(_ids)}", "text": text or "Yes", **tapped}} | more
        event = {"sender": {"id": person}, "recipient": {"id": "1"}, "timestamp": int(at.timestamp() * 1000)}
        return {"object": "page", "entry": [{"id": "1", "messaging": [event | said]}]}

    def _telegram(self, text, payload, at, person, more):
        who = {"id": int(person), "is_bot": False, "first_name": "Thandi", "language_code": "en"}
        update = {"update_id": next(_ids)}
        if payload:
            chat = {"chat": {"id": int(person), "type": "private"}}
            return update | {"callback_query": {"id": "9", "from": who, "message": chat, "data": payload}}
        message = {"from": who, "chat": {"id": int(person)}, "date": int(at.timestamp())}
        return update | {"message": message | ({"text": text} if text else {}) | more}

    def tap(self, title, said):
        """Tap the button of the newest message that has one called so."""
        buttons = (b for m in reversed(said) for b in m.buttons if b.get("title", "").startswith(title))
        return self.send(payload=next(buttons)["id"])

    def get_code(self, choice="Yes"):
        """Ask to be asked, say yes: the sentence to send from WhatsApp."""
        return sentence_in(self.tap(choice, self.send("START")))


def sentence_in(said):
    links = [button["url"] for message in said for button in message.buttons if "url" in button]
    assert len(links) == 1
    number, text = links[0].removeprefix("https://wa.me/").split("?text=")
    assert number == "27820000900"
    assert unquote(text) in said[0].text
    return unquote(text)


@pytest.fixture(params=["messenger", "telegram"])
def bot(clinic, request):
    return Bot(clinic, request.param)


@pytest.fixture
def telegram(clinic):
    return Bot(clinic, "telegram")


@pytest.mark.once
def test_each_recording_leads_to_what_it_says_and_to_no_consent(clinic, time_machine):
    time_machine.move_to(RECORDED_AT)
    for provider, expected in EXPECTED.items():
        channel = bot_of(clinic, provider)
        paths = {path.name: path for path in names("messenger_bot", provider)}
        assert set(paths) == set(expected)
        for name, (outcomes, asked) in expected.items():
            mark = transaction.savepoint()
            assert recorded(channel, paths[name]).send(clinic.client).status_code == 200
            assert list(InboundMessage.objects.values_list("outcome", flat=True)) == outcomes, name
            questions = ConsentRequest.objects.all()
            assert [p.key for question in questions for p in question.purposes.all()] == asked, name
            shown = wording.translation(channel.notice, "en")
            said = list(OutboundMessage.objects.all())
            assert [message.sender for message in said] == [channel.bot] * (1 if asked else 0), name
            assert all(message.text.startswith(shown.body) for message in said)
            assert not ConsentEvent.objects.exists()
            assert not Contact.objects.exists()
            transaction.savepoint_rollback(mark)


def test_the_code_from_the_chat_is_consent_of_whoever_sends_it_from_whatsapp_and_of_nobody_else(bot):
    clinic = bot.clinic
    sentence = bot.get_code()
    assert clinic.events() == []
    assert not Contact.objects.exists()
    clinic.write(sentence)
    assert clinic.events() == [("given", key, True) for key in BOTH]
    assert clinic.gate()["decision"] == "allow"
    (contact,) = Contact.objects.all()
    schemes = set(contact.identifiers.values_list("scheme", flat=True))
    assert schemes == {"phone", "wa_id"}
    event = ConsentEvent.objects.first()
    assert event.request.channel == bot.channel
    assert event.request.shown == event.translation.content_hash


def test_a_stop_ends_the_codes_of_the_chat_and_stops_whoever_sent_one(bot, time_machine):
    clinic = bot.clinic
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    clinic.write(bot.get_code())
    unsent = bot.get_code()
    time_machine.shift(timedelta(minutes=1))
    (told,) = bot.send("STOP")
    assert (
        told.text
        == "Done. Riverside Clinic will not message you on WhatsApp any more. To come back, send START."
    )
    assert clinic.gate()["reason"] == "withdrawn"
    stops = ConsentEvent.objects.filter(kind="withdrawn").order_by("recorded_at", "id")
    assert [(stop.purpose, stop.proved, stop.reason) for stop in stops] == [
        (None, True, "stop_word"), (None, False, "linked"),
    ]  # fmt: skip
    own = stops[0].contact.identifiers.get()
    assert (own.scheme, own.value) == (bot.provider, bot.person)
    evidence = Evidence.objects.get(event=stops[0], part="act").payload
    assert evidence["verified"] == registry.adapter_of(bot.channel).scheme
    assert "no WhatsApp account" in evidence["proves"]
    assert ReviewItem.objects.get().kind == "link"
    assert not SenderContact.objects.filter(contact=stops[0].contact).exists()

    time_machine.shift(timedelta(minutes=1))
    clinic.write(unsent)
    assert clinic.gate()["reason"] == "withdrawn"
    question = clinic.replies()[-1].request
    assert question.kind == "consent"
    time_machine.shift(timedelta(minutes=1))
    clinic.write(bot.get_code())
    assert clinic.gate()["decision"] == "allow"


def test_no_code_was_handed_over_so_a_stop_promises_no_more_than_is_so(bot):
    (told,) = bot.send("STOP")
    assert "send STOP there" in told.text
    assert bot.clinic.events() == [("withdrawn", None, True)]


def test_a_no_is_on_record_and_choosing_asks_about_each(bot):
    said = bot.tap("Let me choose", bot.send("JOIN"))
    assert [[p.key for p in m.request.purposes.all()] for m in said] == [[key] for key in BOTH]
    handed = bot.send(payload=said[1].buttons[0]["id"])
    assert "health tips" in sentence_in(handed).lower()
    (told,) = bot.send(payload=said[0].buttons[-1]["id"])
    assert told.text.startswith("All right.")
    assert bot.clinic.events() == [("refused", "appointment-reminders", True)]


def test_words_answer_the_open_question_and_nothing_else_is_an_answer(bot):
    assert bot.send("yes") == []
    bot.send("START")
    assert sentence_in(bot.send("Yes, please"))
    assert bot.clinic.events() == []
    assert bot.send("hello there") == []
    # A code of somebody else's, and a button of somebody else's question, count for nothing here.
    opened = requests.open_request(
        bot.channel,
        wording.translation(bot.channel.notice, "en"),
        list(bot.channel.purposes.all()),
        now=timezone.now(),
    )
    assert [m.request.kind for m in bot.send(opened.sentence)] == ["consent"]
    question = ConsentRequest.objects.filter(code_digest="").first()
    other = str(int(bot.person) + 1)
    assert bot.send(payload=f"sayso:{question.question_id}:yes", person=other) == []
    assert bot.send(payload="sayso:forged:yes") == []
    assert bot.clinic.events() == []


def test_after_a_stop_an_old_button_asks_anew_and_what_was_written_before_it_says_nothing(bot, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    said, before = bot.send("START"), timezone.now()
    time_machine.shift(timedelta(minutes=5))
    bot.send("STOP")
    assert bot.send("START", at=before) == []
    time_machine.shift(timedelta(minutes=5))
    (again,) = bot.tap("Yes", said)
    assert again.request.kind == "consent"
    assert again.request.pk != said[0].request.pk


@pytest.mark.once
def test_a_stop_word_of_any_language_stops_whatever_was_asked(clinic):
    words = [entry["text"] for each in stop_words() for entry in each]
    assert len(words) > 60
    for provider in PERSON:
        bot = Bot(clinic, provider)
        bot.send("START")
        for number, word in enumerate(words[::2] if provider == "telegram" else words[1::2]):
            mark = transaction.savepoint()
            bot.send(word, person=f"{bot.person}{number}")
            assert clinic.events() == [("withdrawn", None, True)], (word, provider)
            transaction.savepoint_rollback(mark)


def stop_words():
    """Two of each language that mean it in all of them."""
    for language in json.loads(keywords._DATA.read_text())["languages"]:
        everywhere = [e for e in language["stop"] if e.get("scope") == "any" and e.get("auto") is not False]
        yield everywhere[:2]


@pytest.mark.once
def test_telegrams_own_number_is_a_typed_number_and_no_more(telegram):
    clinic = telegram.clinic
    CaptureChannel.objects.filter(pk=telegram.channel.pk).update(ask_number="required")
    (asked,) = telegram.tap("Yes", telegram.send("START"))
    assert asked.buttons == [{"ask": "number", "title": "Share my number"}]
    assert telegram.answer.json() == {"method": "answerCallbackQuery", "callback_query_id": "9"}
    # Anybody can pass on the card of somebody else, or of nobody who is on Telegram.
    for card in ({"user_id": 5}, {}, {"user_id": None}):
        assert telegram.send(contact={"phone_number": f"+{SIPHO}", **card}) == []
    said = telegram.send(contact={"phone_number": THANDI, "user_id": int(telegram.person)})
    sentence = sentence_in(said)
    request = ConsentRequest.objects.exclude(code_digest="").get()
    assert request.typed_number == f"+{THANDI}"
    assert clinic.events() == []
    clinic.write(sentence, person=SIPHO)  # rule 2: sent from another number
    assert clinic.events() == []
    assert clinic.replies(SIPHO)[-1].request.kind == "was_that_you"
    clinic.write(sentence)
    assert clinic.events() == [("given", key, True) for key in BOTH]
    telegram.send("STOP")
    assert clinic.gate()["reason"] == "withdrawn"
    assert clinic.gate(phone=f"+{SIPHO}")["reason"] == "unknown_contact"


@pytest.mark.once
def test_the_number_may_be_shared_besides_and_a_group_is_nobody(telegram):
    CaptureChannel.objects.filter(pk=telegram.channel.pk).update(ask_number="optional")
    said = telegram.tap("Yes", telegram.send("/start"))
    assert said[-1].buttons[0]["ask"] == "number"
    sentence_in(said)
    said = telegram.send(contact={"phone_number": f"+{THANDI}", "user_id": int(telegram.person)})
    assert sentence_in(said)
    assert ConsentRequest.objects.exclude(typed_number="").count() == 1
    assert telegram.send("STOP", chat={"id": -100, "type": "group"}) == []
    body = {"update_id": 1, "message": {"from": {"id": 5, "is_bot": True}, "text": "STOP"}}
    assert Telegram().parse(json.dumps(body).encode(), {}, "").messages == ()


@pytest.mark.once
def test_a_link_into_the_chat_names_its_source_and_a_silent_bot_says_nothing(bot):
    source = placements.add(bot.channel, label="Poster")
    if bot.provider == "telegram":
        said = bot.send(f"/start {source.code}")
    else:
        said = bot.send(message=None, referral={"ref": source.code, "type": "OPEN_THREAD"})
    assert said[0].request.placement == source
    bot.clinic.write(sentence_in(bot.tap("Yes", said)))
    assert ConsentEvent.objects.first().placement == source
    CaptureChannel.objects.filter(pk=bot.channel.pk).update(replies="none")
    assert bot.send("START") == []
    assert bot.send("STOP") == []
    assert ("withdrawn", None, True) in bot.clinic.events()


@pytest.mark.once
def test_whoever_blocks_the_bot_is_sent_nothing_more_and_has_stopped_nothing(telegram):
    telegram.send("START")
    who = {"id": int(telegram.person), "is_bot": False}
    change = {"from": who, "chat": who, "date": int(time.time()), "new_chat_member": {"status": "kicked"}}
    body = json.dumps({"update_id": 77, "my_chat_member": change}).encode()
    signed(telegram.channel, body, BODIES[".json"], {}).send(telegram.clinic.client)
    assert set(OutboundMessage.objects.values_list("state", flat=True)) == {"failed"}
    assert telegram.clinic.events() == []


@pytest.mark.once
def test_whoever_asks_to_be_forgotten_is_stopped_and_staff_hear_of_it(bot):
    (told,) = bot.send("forget me")
    assert "Staff will look" in told.text
    assert bot.clinic.events() == [("withdrawn", None, True)]
    assert DataSubjectRequest.objects.get().kind == "erase"


@pytest.mark.once
def test_nobodys_numbers_and_ids_are_tests_and_no_sender_hears_of_them(clinic):
    for provider in PERSON:
        Bot(clinic, provider).send("STOP", person="9000000000000000001")
    clinic.write("STOP", person="447700900901")
    assert Contact.objects.filter(is_test=True).count() == Contact.objects.count() == 3
    assert ConsentEvent.objects.filter(is_test=False).count() == 0
    assert not SenderContact.objects.exists()
    clinic.write("STOP", person="447700900101")
    assert Contact.objects.filter(is_test=False).count() == 1


@pytest.mark.once
def test_somebody_of_a_bot_is_shown_to_staff_and_erased_like_anybody_else(bot, client):
    bot.get_code()
    bot.send("STOP")
    contact = Contact.objects.get()
    client.force_login(User.objects.get(username="owner"))
    page = client.get(f"/admin/optins/contact/{contact.pk}/change/")
    assert page.status_code == 200
    by = erasure.By(actor=ConsentEvent.Actor.PERSON, door=ConsentEvent.Door.ADMIN)
    erasing.erase(contact, by, now=timezone.now())
    assert not ContactIdentifier.objects.filter(contact=contact).exists()
    assert not OutboundMessage.objects.filter(address=bot.person).exists()
    assert not ConsentRequest.objects.exclude(addressee_bsuid="").exists()
    kept = [bytes(each.body) for each in InboundDelivery.objects.all()]
    assert not any(bot.person.encode() in body for body in kept)
    assert not any(bot.person in str(each.payload) for each in Evidence.objects.all())
