"""What goes out fits WhatsApp: bodies, buttons, titles; in the person's language; nothing about claims."""

import itertools

import pytest

from channels_capture.fitting import pieces
from optins.consent import texts
from optins.models import Contact, OutboundMessage, Purpose, Sender
from optins.sync.drain import drain
from sandbox.message_rules import check_message
from tests.clinic import THANDI
from tests.sync.recorder import running_recorder

pytestmark = pytest.mark.once

BOTH = ("appointment-reminders", "health-tips")
LONG = "reminders of the appointments that were made for you at our clinic in the river valley "


def sent_by(clinic):
    """What the worker sends to the platform: method, path, headers and body of each call."""
    with running_recorder() as recorder:
        Sender.objects.update(base_url=recorder.url)
        drain()
    return recorder.calls


def messages_of(clinic):
    return [call.body for call in sent_by(clinic) if call.path == "/v1/messages"]


def call_them(clinic, *titles):
    for purpose, title in zip(clinic.purposes.values(), titles, strict=False):
        Purpose.objects.filter(pk=purpose.pk).update(titles={"en": title})


def a_whole_conversation(clinic):
    clinic.write("JOIN")
    clinic.tap_button("Let me")
    clinic.tap_button("Yes")
    clinic.write("JOIN")
    clinic.tap_button("No")
    clinic.write(clinic.choose(*BOTH, number="+27820000202", at=clinic.now()))
    clinic.tap_button("Yes")
    clinic.write("START")
    clinic.write("STOP")


@pytest.mark.parametrize(
    ("title", "wording"),
    [("ﬃ tips", 9000), (LONG, 1100), (LONG * 8, 0), (LONG * 8, 9000), (LONG * 60, 1100)],
    ids=lambda each: len(each) if isinstance(each, str) else each,
)
def test_every_message_is_one_that_whatsapp_takes(clinic, title, wording):
    call_them(clinic, f"{title} a", f"{title} b")
    if wording:
        clinic.lengthen_the_wording(wording)
    a_whole_conversation(clinic)
    messages = messages_of(clinic)
    assert len(messages) == OutboundMessage.objects.count() >= 8
    for message in messages:
        check_message(message)
        assert_titles_differ(message)


def assert_titles_differ(message):
    if message["type"] == "interactive":
        titles = [button["reply"]["title"] for button in message["interactive"]["action"]["buttons"]]
        assert len({title.casefold() for title in titles}) == len(titles)


def test_long_wording_goes_whole_and_its_buttons_follow_it(clinic):
    clinic.lengthen_the_wording(6000)
    clinic.write("JOIN")
    *wording, question = clinic.replies()
    whole = " ".join(reply.text for reply in wording)
    assert " and more" * 600 in whole
    assert "STOP" in whole
    assert [bool(reply.buttons) for reply in (*wording, question)] == [False] * len(wording) + [True]
    clinic.tap_button("Yes")
    assert clinic.gate()["decision"] == "allow"


def test_titles_that_begin_alike_are_numbered_and_spelt_out(clinic):
    call_them(clinic, "Appointment reminders for you", "appointment reminders for your children")
    clinic.write(clinic.choose(*BOTH))
    clinic.write("STOP")
    offer = clinic.replies()[-1]
    assert [button["title"] for button in offer.buttons] == ["1. Appointment remi…", "2. appointment remi…"]
    assert offer.text.endswith(
        "\n1. Appointment reminders for you\n2. appointment reminders for your children"
    )
    clinic.tap_button("2.")
    assert clinic.gate("health-tips")["decision"] == "allow"
    assert clinic.gate("appointment-reminders")["reason"] == "withdrawn"


@pytest.mark.parametrize("language", texts.languages())
def test_button_labels_fit_in_every_language_and_differ(language):
    labels = [texts.text(f"button_{name}", language) for name in ("yes", "no", "choose")]
    assert all(0 < len(label) <= 20 for label in labels)
    assert all(a.casefold() != b.casefold() for a, b in itertools.combinations(labels, 2))


def test_a_text_is_cut_between_words_and_nothing_of_it_is_lost():
    text = "\n\n".join(" ".join(f"word{n}" for n in range(start, start + 90)) for start in range(0, 900, 90))
    found = pieces(text, 200)
    assert all(0 < len(piece) <= 200 for piece in found)
    assert " ".join(found).split() == text.split()
    assert pieces("x" * 450, 200) == ["x" * 200, "x" * 200, "x" * 50]


@pytest.mark.parametrize("language", ["zu", "ar", "hi"])
def test_people_are_answered_in_their_language(clinic, language):
    clinic.write(clinic.choose("health-tips"))
    Contact.objects.update(language=language)
    clinic.write("STOP")
    told, link = clinic.replies()[-1].text.split("\n\n")
    assert told == texts.text("stopped_keep", language, organisation="Riverside Clinic", titles="")
    assert link.startswith(texts.text("choices_link", language, link="http"))
    clinic.write("START")
    assert clinic.replies()[-1].request.language == language


def test_the_language_of_a_question_is_one_language_throughout(clinic):
    clinic.write(clinic.choose("health-tips"))
    Contact.objects.update(language="yo")  # has no wording and no texts
    clinic.write("STOP")
    clinic.write("START")
    assert clinic.replies()[-1].request.language == "en"
    assert clinic.replies()[-1].buttons[0]["title"] == "Yes, please"


def test_a_sensitive_purpose_is_called_by_its_discreet_title(clinic):
    Purpose.objects.update(sensitive=True, discreet_titles={"en": "messages for you"})
    sentence = clinic.choose("health-tips")
    assert "health tips" not in sentence
    clinic.write(sentence)
    clinic.write("STOP")
    assert all("tips" not in reply.text for reply in clinic.replies())
    assert [button["title"] for button in clinic.replies()[-1].buttons] == ["Messages for you"]


def test_nothing_about_claims_is_ever_sent(clinic):
    for text in ("JOIN", "yes", "Hello", "STOP"):
        clinic.write(text, headers={"X-Turn-Claim": "5a6f0c9e-0000-4000-8000-00000000c1a1"})
    clinic.tap_button("Health", headers={"X-Turn-Claim": "5a6f0c9e-0000-4000-8000-00000000c1a1"})
    calls = sent_by(clinic)
    assert {call.path for call in calls} == {"/v1/messages", f"/v1/contacts/{THANDI}/profile"}
    assert "claim" not in str(calls).lower()


@pytest.fixture
def stop_tb(clinic):
    """An organisation whose name begins with a stop word."""
    clinic.organisation.name = "Stop TB"
    clinic.organisation.save()
    return clinic


def test_an_unedited_sentence_of_stop_tb_is_recognised_whole(stop_tb):
    stop_tb.write(stop_tb.choose(*BOTH))
    assert stop_tb.gate()["decision"] == "allow"


def test_a_sentence_of_stop_tb_without_its_code_is_no_stop(stop_tb):
    stop_tb.write(stop_tb.choose("health-tips")[:-9])
    assert stop_tb.events() == []
    assert [p.key for p in stop_tb.replies()[-1].request.purposes.all()] == ["health-tips"]


def test_stop_alone_still_stops_at_stop_tb(stop_tb):
    stop_tb.write(stop_tb.choose(*BOTH))
    stop_tb.write("Stop")
    assert stop_tb.gate()["reason"] == "withdrawn"


@pytest.mark.parametrize("language", ["es", "pt"])
def test_para_in_a_sentence_is_no_stop_word(clinic, language):
    sentence = clinic.choose("health-tips")
    clinic.replace_sentence(language, "Sim, mensagens de {organisation} no WhatsApp para {purposes}")
    shown = clinic.sentence_in(language, "health-tips")
    assert " para " in shown
    clinic.write(f"{shown} {sentence[-8:]}")
    assert clinic.gate("health-tips")["decision"] == "allow"
    clinic.write(f"{clinic.choose('appointment-reminders')[-8:]} para")
    assert clinic.gate("health-tips")["decision"] == "allow"
    assert clinic.replies()[-1].request.kind == "consent"


def test_the_order_in_which_purposes_were_named_makes_no_other_sentence(clinic):
    body = {"phone": f"+{THANDI}", "channel": "riverside-web", "action": "request",
            "purposes": ["health-tips", "appointment-reminders"]}  # fmt: skip
    made = clinic.api("consents", body).json()["request"]
    clinic.write(f"{clinic.sentence_in('en', *BOTH)} {made['code']}")
    assert clinic.gate()["decision"] == "allow"
