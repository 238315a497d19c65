"""The many ways to stop: near ones, narrowed ones, a loss, "not me", and what platforms report."""

import json
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from channels_capture import vendor_stops
from optins.consent import stop_words
from optins.consent.stop_words import Nearness
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRequest,
    Contact,
    ContactIdentifier,
    Evidence,
    InboundMessage,
    OutboundMessage,
    Purpose,
    ReviewItem,
    SenderContact,
    Suppression,
)
from tests.clinic import SIPHO, THANDI, message_of
from tests.signing_in import signed_in

pytestmark = pytest.mark.once

TIPS, VISITS = "health-tips", "appointment-reminders"

HEARD = {
    "STOP": "exact", "stop stop STOP": "exact", "ukuyeka": "none", "emisa": "exact", "wag na": "exact",
    "Stop. Thank you": "near", "stop, thank you": "near", "please stop!": "near", "stop, merci": "near",
    "停止，谢谢": "near", "stop messaging me now": "near", "cancel, please": "near", "basta": "near",
    "cancel my subscription": "near", "I want to stop": "near", "yes stop": "near",
    "stop health tips": "narrowed", "STOP appointment reminders, please": "narrowed",
    "bus stop": "unsure", "don't stop": "unsure", "we stop at 5": "unsure", "请停止": "unsure",
    "please stop sending me all of these messages": "unsure",
    "We have got to STOP this bill": "none", "cancel my appointment": "none", "end of the month": "none",
    "when is it? the bus does not stop there": "none", "acha": "none", "hello": "none", "": "none",
}  # fmt: skip


def test_what_comes_near_a_stop_is_told_apart():
    titles = {TIPS: ["health tips"], VISITS: ["appointment reminders"]}
    heard = {
        text: str(stop_words.hear(text, ["en", "zu"], countries=["ZA"], titles=titles).nearness)
        for text in HEARD
    }
    assert heard == HEARD


def test_a_stop_word_in_its_scope_is_exact_and_elsewhere_near_unless_it_is_a_common_word():
    rows = stop_words.keywords.data()["languages"]
    assert len(rows) == 44
    for language in rows:
        for entry in language["stop"]:
            if entry.get("auto") is False:
                continue
            code = language["code"]
            assert stop_words.hear(entry["text"], [code]).nearness == Nearness.EXACT, (code, entry["text"])
            elsewhere = stop_words.hear(entry["text"], ["eo"]).nearness
            if entry["scope"] == "any":
                assert elsewhere == Nearness.EXACT, entry["text"]
                near = stop_words.hear(f"{entry['text']}, thank you", ["eo"]).nearness
                assert near == Nearness.NEAR, entry["text"]
            else:
                assert elsewhere != Nearness.UNSURE, entry["text"]
    assert stop_words.of_country("ZA")[:3] == ("en", "zu", "xh")
    assert "tl" in stop_words.of_country("ph")
    assert stop_words.of_country("XX") == stop_words.of_country("") == ()


@pytest.fixture
def agreed(clinic):
    clinic.write(clinic.choose(TIPS, VISITS))
    return clinic


def reasons(clinic, **more):
    return [clinic.gate(key, **more)["reason"] for key in (VISITS, TIPS)]


def test_a_near_stop_stops_marketing_and_asks_one_question_which_yes_and_no_answer(agreed):
    before = len(agreed.replies())
    agreed.write("Stop. Thank you")
    assert reasons(agreed) == ["consent", "withdrawn"]
    [question] = agreed.replies()[before:]
    assert question.request.kind == ConsentRequest.Kind.SCOPE
    assert [button["title"] for button in question.buttons] == ["Yes, please", "No, thanks"]
    agreed.tap_button("No")
    assert reasons(agreed) == ["consent", "withdrawn"]
    assert "everything else stays" in agreed.replies()[-1].text
    agreed.write("yes")  # the question is answered: a later word answers it no more
    assert reasons(agreed) == ["consent", "withdrawn"]
    agreed.write("please stop")
    agreed.write("yes")
    assert reasons(agreed) == ["withdrawn", "withdrawn"]
    assert "keep something" in agreed.replies()[-1].text
    agreed.tap_button("Appointment")
    assert reasons(agreed) == ["consent", "withdrawn"]


def test_a_narrowed_stop_stops_what_it_names_and_says_so(agreed):
    agreed.write("Stop appointment reminders")
    assert reasons(agreed) == ["withdrawn", "consent"]
    assert "will not message you on WhatsApp about appointment reminders" in agreed.replies()[-1].text


def test_what_may_be_a_stop_goes_to_review_once_and_marketing_waits_until_staff_decide(agreed):
    before = len(agreed.replies())
    agreed.write("bus stop")
    agreed.write("at the bus stop?")
    item = ReviewItem.objects.get()
    assert (item.kind, item.contact) == ("unsure", Contact.objects.get())
    assert reasons(agreed) == ["consent", "marketing_stopped"]
    assert len(agreed.replies()) == before
    # Only marketing was agreed to: the platform is told no meanwhile, and yes again after.
    agreed.write("stop appointment reminders")
    assert SenderContact.objects.get().desired == {"opted_in": False}
    ReviewItem.objects.update(decided_at=timezone.now(), decision="no_stop")
    assert reasons(agreed) == ["withdrawn", "consent"]


def test_what_may_be_a_stop_of_a_stranger_or_about_something_else_is_left_alone(agreed):
    agreed.write("bus stop", person=SIPHO)
    for text in ("We have got to stop this bill", "cancel my appointment", "Hello Riverside Clinic"):
        agreed.write(text)
    assert not ReviewItem.objects.exists()
    assert reasons(agreed) == ["consent", "consent"]
    assert agreed.contacts() == 1


BUTTONS = ["STOP", "Berhenti", "停止", "Arrêt", "إيقاف", "Отписаться"]


@pytest.mark.parametrize("title", BUTTONS)
def test_a_templates_button_titled_stop_in_any_language_is_a_stop_whatever_its_id(agreed, title):
    agreed.write_raw(type="button", button={"payload": "promo-7", "text": title}, context={"id": "t"})
    assert reasons(agreed) == ["withdrawn", "withdrawn"]


def test_a_templates_other_buttons_are_left_to_the_organisations_own_bot(agreed):
    for title in ("Yes", "START", "Book a visit", "Cancel my visit", "Cancel"):
        agreed.write_raw(type="button", button={"payload": "x", "text": title}, context={"id": "t"})
    assert reasons(agreed) == ["consent", "consent"]
    agreed.write_raw(type="button", button={"payload": "x", "text": "Stop promotions"})
    assert reasons(agreed) == ["consent", "withdrawn"]


# A loss


@pytest.fixture
def expecting(clinic):
    """Thandi gets messages in her pregnancy, and reminders."""
    for place, (key, flags) in enumerate(
        {"pregnancy": {"stops_on_loss": True}, "support": {"offered_on_loss": True}}.items()
    ):
        purpose = Purpose.objects.create(
            organisation=clinic.organisation,
            key=key,
            titles={"en": key},
            category="utility",
            position=5 + place,
            **flags,
        )
        clinic.purposes[key] = purpose
        for channel in (clinic.thread, clinic.tap):
            channel.purposes.add(purpose)
    clinic.write(clinic.choose("pregnancy", VISITS))
    return clinic


@pytest.mark.parametrize("words", ["LOSS", "I lost my baby.", "ngilahlekelwe ingane"])
def test_a_loss_stops_at_once_condoles_without_a_question_and_offers_support_as_a_fresh_one(expecting, words):
    before = len(expecting.replies())
    expecting.write(words)
    assert expecting.gate("pregnancy")["reason"] == "withdrawn"
    assert expecting.gate(VISITS)["decision"] == "allow"
    condolence, offer = expecting.replies()[before:]
    assert "sorry for your loss" in condolence.text
    assert "?" not in condolence.text
    assert condolence.buttons == []
    assert "pregnancy" not in condolence.text + offer.text
    assert [p.key for p in offer.request.purposes.all()] == ["support"]
    assert expecting.gate("support")["reason"] == "no_record"
    expecting.tap_button("Yes")
    assert expecting.gate("support")["decision"] == "allow"


def test_nothing_of_a_loss_enters_the_ledger_and_nobody_tries_to_win_them_back(expecting):
    expecting.write("I lost my baby")
    event = ConsentEvent.objects.get(kind="withdrawn")
    assert (event.reason, event.purpose.key, event.proved) == ("stop_word", "pregnancy", True)
    assert all(
        "baby" not in str(e.payload) and "message" not in e.payload
        for e in Evidence.objects.filter(event=event)
    )
    assert InboundMessage.objects.latest("pk").outcome == "stop"
    assert Contact.objects.get().left_in_peace_at
    expecting.write("STOP")
    expecting.write("START")
    asked = {p.key for p in expecting.replies()[-1].request.purposes.all()}
    assert asked == {VISITS, TIPS, "support"}
    # What they ask for by themselves, they get.
    expecting.write(expecting.choose("pregnancy"))
    expecting.tap_button("Yes")
    assert expecting.gate("pregnancy")["decision"] == "allow"
    assert Contact.objects.get().left_in_peace_at is None


def test_where_nothing_stops_on_a_loss_the_word_is_left_to_others(agreed):
    agreed.write("Loss")
    assert reasons(agreed) == ["consent", "consent"]


# Not me


@pytest.mark.parametrize("words", ["Not me", "wrong number!", "Ce n’est pas moi", "salah nomor"])
def test_not_me_ends_everything_for_this_number_and_stays_so_until_somebody_there_asks(agreed, words):
    agreed.write(words)
    event = ConsentEvent.objects.latest("recorded_at")
    assert (event.kind, event.purpose, event.reason, event.proved) == ("invalidated", None, "not_me", True)
    assert reasons(agreed) == ["invalidated", "invalidated"]
    assert set(Suppression.objects.values_list("reason", "scope")) == {("not_me", "all")}
    assert not ContactIdentifier.objects.exclude(verified_at=None).exists()
    assert "will not message this number" in agreed.replies()[-1].text
    agreed.write("START")
    agreed.write("yes")
    assert agreed.gate(VISITS)["decision"] == "allow"


def test_not_me_of_a_stranger_is_remembered(clinic):
    clinic.write("JOIN")
    clinic.write("not me")
    assert reasons(clinic) == ["invalidated", "invalidated"]


def test_start_asks_anew_in_todays_wording(agreed):
    agreed.write("STOP")
    agreed.lengthen_the_wording(90)
    agreed.write("START")
    question = agreed.replies()[-1]
    assert "and more and more" in question.text
    assert question.request.translation.version.number == 2
    agreed.tap_button("Yes")
    given = ConsentEvent.objects.filter(kind="given").latest("recorded_at")
    assert (given.translation.version.number, given.proved) == (2, True)


# Platforms


def people(clinic, count):
    """So many people who agreed, made past the door."""
    contacts = Contact.objects.bulk_create(Contact(organisation=clinic.organisation) for _ in range(count))
    for place, contact in enumerate(contacts):
        for scheme, value in (("phone", f"+2782555{place:04}"), ("wa_id", f"2782555{place:04}")):
            ContactIdentifier.objects.create(
                organisation=clinic.organisation, contact=contact, scheme=scheme, value=value
            )
    SenderContact.objects.bulk_create(
        SenderContact(sender=clinic.sender, contact=contact, desired={}, next_attempt_at=timezone.now())
        for contact in contacts
    )
    return [f"2782555{place:04}" for place in range(count)]


def refused(number, at):
    stamp = str(int(at.timestamp()))
    return {"id": f"wamid.{number}", "status": "failed", "recipient_id": number, "timestamp": stamp,
            "errors": [{"code": 131050}]}  # fmt: skip


def decided_by_staff(clinic, decision):
    """The owner decides on the review page; returns to whom marketing is stopped then."""
    client = signed_in(clinic.demo.admin)
    assert "stops parked" in client.get("/admin/").content.decode()
    page = client.get("/admin/optins/reviewitem/").content.decode()
    assert "Very many stops at once" in page
    address = f"/admin/optins/reviewitem/parked/{clinic.sender.pk}/"
    assert client.post(address, {"decision": "no such"}).status_code == 400
    assert client.post(address, {"decision": decision}).status_code == 302
    assert not SenderContact.objects.exclude(marketing_stop_parked_at=None).exists()
    return [row.marketing_is_stopped for row in SenderContact.objects.order_by("contact")]


def test_a_burst_of_a_platforms_stops_is_parked_and_denies_marketing_meanwhile(
    clinic, monkeypatch, time_machine
):
    monkeypatch.setattr(vendor_stops, "MOST", 5)
    numbers, now = people(clinic, 9), timezone.now()
    for _time in (1, 2):
        clinic.deliver({"statuses": [refused(number, now) for number in numbers]})
    rows = SenderContact.objects.order_by("contact")
    assert [bool(row.marketing_stopped_at) for row in rows] == [True] * 5 + [False] * 4
    assert [bool(row.marketing_stop_parked_at) for row in rows] == [False] * 5 + [True] * 4
    assert all(row.marketing_is_stopped for row in rows)
    assert {clinic.gate(TIPS, phone=f"+{n}")["reason"] for n in numbers} == {"marketing_stopped"}
    assert clinic.events() == []
    assert decided_by_staff(clinic, "mistake") == [True] * 5 + [False] * 4
    clinic.deliver({"statuses": [refused(number, now) for number in numbers]})
    assert decided_by_staff(clinic, "stop") == [True] * 9
    # An hour later it is no burst any more.
    time_machine.move_to(now + timedelta(minutes=61))
    clinic.write(clinic.choose(TIPS), person=SIPHO)
    clinic.deliver({"statuses": [refused(SIPHO, timezone.now())]})
    assert SenderContact.objects.latest("pk").marketing_stop_parked_at is None


def test_stops_of_people_are_never_parked_however_many(clinic):
    stops = [message_of("STOP", person=f"2782666{place:04}", at=timezone.now()) for place in range(60)]
    clinic.deliver({"contacts": [], "messages": stops})
    assert clinic.events() == [("withdrawn", None, True)] * 60
    assert not ReviewItem.objects.exists()


def test_a_stop_without_an_id_of_its_vendor_is_never_taken_for_an_earlier_one(clinic):
    stop = message_of("STOP", person=THANDI, at=timezone.now())
    del stop["id"]
    for _time in (1, 2):
        assert clinic.deliver({"contacts": [], "messages": [stop, stop]}).status_code == 200
    assert clinic.events() == [("withdrawn", None, True)] * 4
    # The same without an id that stops nothing is no act, and is left to the organisation's own bot.
    clinic.deliver({"contacts": [], "messages": [{**stop, "text": {"body": "hello"}}]})
    assert len(clinic.events()) == 4


# Numbers that nothing reaches any more


def failed(clinic, at, code=131026):
    status = {**refused(THANDI, at), "id": f"wamid.{at}", "errors": [{"code": code}]}
    clinic.deliver({"statuses": [status]})


def delivered(clinic, at):
    stamp = str(int(at.timestamp()))
    clinic.deliver(
        {
            "statuses": [
                {"id": f"wamid.ok.{at}", "status": "delivered", "recipient_id": THANDI, "timestamp": stamp}
            ]
        }
    )


def test_after_long_failure_and_silence_what_is_sensitive_waits_until_the_person_writes(agreed, time_machine):
    Purpose.objects.filter(key=VISITS).update(sensitive=True)
    begun = timezone.now()
    time_machine.move_to(begun + timedelta(days=1))
    failed(agreed, timezone.now(), code=131049)  # this says nothing about reach
    failed(agreed, timezone.now())
    failed(agreed, timezone.now())
    assert set(ContactIdentifier.objects.values_list("failures_in_row", flat=True)) == {1}
    answer = agreed.gate(VISITS)
    assert answer["decision"] == "allow"
    assert answer["valid_until"].startswith(f"{begun + timedelta(days=91):%Y-%m-%d}")
    # A message that arrives in between shows that the number is still theirs.
    time_machine.move_to(begun + timedelta(days=60))
    delivered(agreed, timezone.now())
    time_machine.move_to(begun + timedelta(days=70))
    failed(agreed, timezone.now())
    time_machine.move_to(begun + timedelta(days=159))
    assert reasons(agreed) == ["consent", "consent"]
    time_machine.move_to(begun + timedelta(days=161))
    assert reasons(agreed) == ["number_stale", "consent"]
    # One that arrives now may arrive at somebody else.
    delivered(agreed, timezone.now())
    assert reasons(agreed)[0] == "number_stale"
    agreed.write("hello")
    assert reasons(agreed) == ["consent", "consent"]


def test_no_channel_and_wording_is_needed_for_a_near_stop_to_count(agreed):
    CaptureChannel.objects.update(replies="none")
    agreed.write("stop, thank you")
    assert reasons(agreed) == ["consent", "withdrawn"]
    assert json.dumps([b.text for b in agreed.replies()]).count("Shall it stop") == 0


# The tester


def test_staff_try_words_and_nothing_is_kept_sent_or_changed(agreed, expecting_nothing_new):
    client = signed_in(agreed.demo.admin)
    address = f"/admin/optins/capturechannel/{agreed.thread.pk}/words/"
    assert address in client.get(f"/admin/optins/capturechannel/{agreed.thread.pk}/change/").content.decode()
    assert "What it would do" not in client.get(address).content.decode()
    for (text, agreed_before), expected in TRIED.items():
        values = {"text": text, "language": "en", **({"agreed": "on"} if agreed_before else {})}
        page = unescape(client.post(address, values).content.decode())
        for sentence in expected:
            assert sentence in page, (text, sentence)
    other = client.post(address, {"text": "yeka", "language": "xh"}).content.decode()
    assert "Stops everything at once." in other
    assert "This field is required" in client.post(address, {"language": "en"}).content.decode()


TRIED = {
    ("STOP", True): [
        "Stops everything at once.",
        "offers to keep appointment reminders and health tips",
        "Exact",
    ],
    ("stop, thank you", True): [
        "Stops health tips at once.",
        "Asks one question",
        "nothing beside it but courtesy",
    ],
    ("stop health tips", True): ["Stops health tips at once.", "Narrowed"],
    ("bus stop", True): ["Goes to review, and marketing waits", "beside other words"],
    ("We have got to stop this bill", True): ["Nothing: it is left", "about something else"],
    ("<b>wrong number", True): ["Nothing: it is left", "<bdi><b>wrong number</bdi>"],
    ("wrong number", True): ["Ends everything for this number at once"],
    ("forget me", True): ["whether everything about them is to be erased"],
    ("JOIN", False): ["Asks whether they may be messaged about appointment reminders and health tips."],
    ("JOIN", True): ["already messages you on WhatsApp"],
}


@pytest.fixture
def expecting_nothing_new(agreed):
    def rows():
        tables = (
            ConsentEvent,
            ConsentRequest,
            Contact,
            InboundMessage,
            OutboundMessage,
            ReviewItem,
            Suppression,
        )
        return [table.objects.count() for table in tables]

    before = rows()
    yield
    assert rows() == before
