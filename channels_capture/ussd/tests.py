"""USSD sessions through the real view: screens and keys, what goes on record, and all that may be wrong."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from channels_capture import keyed, registry, seed
from channels_capture.ussd import screens, script
from channels_capture.ussd.africastalking import AfricastalkingUssd
from optins.consent import texts, wording
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ContactIdentifier,
    InboundDelivery,
    InboundMessage,
    NoticeVersion,
)

pytestmark = pytest.mark.once

FIXTURES = Path(__file__).with_name("fixtures") / "africastalking"
PERSON = "27820000101"
REMINDERS, TIPS = "appointment-reminders", "health-tips"
YES, NO, MORE, STOP = "1", "2", "0", "9"


def form_of(name):
    return dict(parse_qsl((FIXTURES / f"{name}.form").read_text(), True))


class Phone:
    """Somebody who dials: what stands on their screen, and all that they typed."""

    def __init__(self, clinic, session="session-1", number=f"+{PERSON}"):
        self.clinic, self.session, self.number = clinic, session, number
        self.channel = next(row for row in clinic.demo.channels if row.kind == "ussd")
        self.hook = registry.hook_address(self.channel).removeprefix("http://testserver")
        self.typed, self.screen = "", ""

    def dial(self, typed=""):
        return self.request(typed)

    def type(self, text):
        return self.request(f"{self.typed}*{text}" if self.typed else text)

    def request(self, typed, *, address="", **changes):
        self.typed = typed
        form = form_of("ussd_1_start")
        form |= {"sessionId": self.session, "phoneNumber": self.number, "text": typed, **changes}
        response = self.send(form, address)
        assert response.status_code == 200, response.content
        assert response["Content-Type"].startswith("text/plain")
        self.screen = response.content.decode()
        assert self.screen[:4] in ("CON ", "END ")
        assert screens.fits(self.screen[4:])
        return self.screen

    def send(self, form, address=""):
        kind = "application/x-www-form-urlencoded"
        return self.clinic.client.post(address or self.hook, urlencode(form), content_type=kind)

    def end(self, shown="", typed=None):
        """The operator's notice that the session is over."""
        form = form_of("ussd_end_notification") | {"sessionId": self.session, "phoneNumber": self.number}
        form |= {"input": self.typed if typed is None else typed, "lastAppResponse": shown or self.screen}
        response = self.send(form)
        assert (response.status_code, response.content) == (200, b"")
        return InboundMessage.objects.filter(channel=self.channel).latest("pk").outcome

    def read_on(self):
        """Turn the page until something is asked."""
        while "\n1 " not in self.screen:
            assert "0 More" in self.screen
            self.type(MORE)
        return self.screen


@pytest.fixture
def phone(clinic):
    return Phone(clinic)


def events():
    rows = ConsentEvent.objects.select_related("purpose").order_by("recorded_at", "id")
    return [(event.kind, event.purpose.key if event.purpose else None, event.proved) for event in rows]


def outcomes(channel):
    return list(
        InboundMessage.objects.filter(channel=channel).order_by("pk").values_list("outcome", flat=True)
    )


def test_a_yes_by_ussd_proves_the_number_and_its_evidence_says_what_was_shown(phone, clinic):
    assert phone.dial().startswith("CON 1 English\n2 isiZulu")
    assert "WhatsApp" in phone.type("1")
    asked = phone.read_on()
    assert "appointment reminders" in asked
    assert asked.endswith("\n1 Yes\n2 No\n3 Details\n9 Stop everything")
    assert events() == []
    assert "health tips" in phone.type(YES)
    assert events() == [("given", REMINDERS, True)]
    assert clinic.gate(REMINDERS)["decision"] == "allow"
    phone.read_on()
    assert phone.type(NO) == "END Thank you. Riverside Clinic may message you on WhatsApp."
    assert events() == [("given", REMINDERS, True), ("refused", TIPS, True)]

    event = ConsentEvent.objects.get(kind="given")
    payload = event.evidence.get(part="act").payload
    assert f"CON {payload['told']}" == asked
    assert (payload["key"], payload["session"]) == ("1", "session-1")
    assert payload["script"] == event.translation.content_hash == event.request.shown
    assert payload["proves"] == "control of the phone number, not that it is on WhatsApp"
    assert "unsigned source" in payload["verified"]
    assert event.occurred_at >= event.asked_at == event.request.asked_at
    identifier = ContactIdentifier.objects.get(contact=event.contact)
    assert (identifier.scheme, identifier.verified_by) == ("phone", "ussd")

    assert phone.end() == "confirmed"
    last = phone.screen
    assert phone.request(phone.typed) == last  # the same again
    assert phone.request("1").startswith("CON ")  # and an older one, late
    assert len(events()) == 2


def test_what_was_typed_before_it_was_asked_answers_nothing(clinic):
    ahead = "*".join(["1", *[MORE] * 9, YES, YES])
    dialled = Phone(clinic, "dialled")
    assert dialled.dial(ahead).startswith("CON 1 English")
    dialled.type("1")
    dialled.read_on()
    assert dialled.type(f"{YES}*{YES}").startswith("CON Please choose again.")  # two keys on one screen
    assert events() == []
    dialled.type(YES)
    assert events() == [("given", REMINDERS, True)]


def test_wrong_keys_and_a_hang_up_make_no_event(clinic):
    wrong = [["7x", "yes"], ["1", "1", "1"], ["1", "*", "#"], ["1", "0", "5", "1*1"]]
    for number, typed in enumerate(wrong):
        phone = Phone(clinic, f"session-{number}")
        phone.dial()
        for text in typed:
            phone.type(text)
        assert phone.screen == "END Nothing was changed."
        assert phone.end() == "confirmed"
    assert events() == []


def test_9_or_a_stop_word_stops_everything_on_any_screen(clinic, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    for number, typed in enumerate([STOP, "٩", "STOP", " stop. "]):
        phone = Phone(clinic, f"session-{number}")
        phone.dial()
        assert phone.type(typed).startswith("END Done.")
    assert Phone(clinic, "ahead").dial("1*9").startswith("END Done.")  # *384*1234*1*9#: no screen is needed
    assert events() == [("withdrawn", None, True)] * 5
    assert clinic.gate(REMINDERS)["reason"] == "withdrawn"
    time_machine.shift(timedelta(seconds=20))
    again = Phone(clinic, "again")
    again.dial()
    again.type("1")
    again.read_on()
    again.type(YES)
    assert clinic.gate(REMINDERS)["decision"] == "allow"  # asked after the stop, answered with proof
    assert again.type(STOP).startswith("END Done.")
    assert clinic.gate(REMINDERS)["reason"] == "withdrawn"


def test_a_yes_to_what_was_asked_before_a_stop_counts_for_nothing(phone, clinic, time_machine):
    time_machine.move_to(timezone.now() - timedelta(hours=1))
    phone.dial()
    phone.type("1")
    phone.read_on()
    time_machine.shift(timedelta(seconds=20))
    clinic.write("STOP")
    time_machine.shift(timedelta(seconds=20))
    phone.type(YES)
    assert clinic.gate(REMINDERS)["reason"] == "withdrawn"


def test_a_session_goes_on_in_the_words_with_which_it_began_and_shows_the_small_print(phone, clinic):
    phone.dial()
    phone.type("1")
    clinic._publish("en", body="Other words: Riverside Clinic on WhatsApp.", details="The small print. " * 20)
    phone.read_on()
    phone.type(YES)
    assert ConsentEvent.objects.get().translation.version.number == 1
    other = Phone(clinic, "session-2")
    assert other.dial().startswith("CON Other words")
    asked = other.read_on()
    assert "The small print." in other.type("3")
    assert other.read_on() == asked.replace("\n3 Details", "")
    other.type(YES)
    assert events()[-1] == ("given", REMINDERS, True)


def test_a_stop_needs_no_wording_and_a_session_outlives_a_change_of_it(phone, clinic):
    phone.dial()
    phone.type("1")
    phone.read_on()
    NoticeVersion.objects.update(status="retired")
    clinic.organisation.purposes.filter(key=REMINDERS).update(position=9)
    assert "health tips" in phone.type(YES)
    assert events() == [("given", REMINDERS, True)]
    other = Phone(clinic, "session-2")
    assert other.dial() == "END Nothing was changed."
    assert other.type("STOP").startswith("END Done.")
    assert events()[1:] == [("withdrawn", None, True)]


def test_the_operators_notice_records_what_we_could_not_and_says_if_it_showed_something_else(phone):
    phone.dial()
    phone.type("1")
    asked = phone.read_on()
    # Our answer to the yes never came about; the operator knows that it was pressed, and on which screen.
    assert phone.end(asked, f"{phone.typed}*{YES}") == "differs"
    assert events() == [("given", REMINDERS, True)]
    payload = ConsentEvent.objects.get().evidence.get(part="act").payload
    assert payload["message"]["lastAppResponse"] == asked == f"CON {payload['told']}"


def test_only_the_channels_own_secret_address_is_taken(phone):
    form = form_of("ussd_2_agree")
    key = phone.hook.rstrip("/").rpartition("/")[2]
    wrong = [key[:at] + ("A" if key[at] != "A" else "B") + key[at + 1 :] for at in range(len(key))]
    addresses = [phone.hook.replace(key, each) for each in wrong] + [phone.hook.replace(f"{key}/", "")]
    assert {phone.send(form, address).status_code for address in addresses} == {401}
    assert CaptureChannel.objects.get(pk=phone.channel.pk).refused_count == len(addresses)
    assert not InboundDelivery.objects.exists()


def test_a_hidden_number_leads_to_nothing(clinic):
    phone = Phone(clinic, number="MTN-7f3a")
    phone.dial()
    phone.type("1")
    phone.read_on()
    phone.type(YES)
    phone.read_on()
    assert phone.type(YES) == "END Nothing was changed."
    assert events() == []


def test_a_history_without_end_is_cut_and_answered(phone):
    phone.dial()
    assert phone.type("1*" * 50_000).startswith("CON ")
    assert events() == []


NAMES = ("ussd_1_start", "ussd_2_agree", "ussd_3_confirm", "ussd_end_notification")


def test_each_recorded_request_is_answered_and_survives_the_loss_of_any_field(phone):
    for name in NAMES:
        assert phone.send(form_of(name)).status_code == 200
    assert outcomes(phone.channel) == ["asked", "asked", "asked", "differs"]
    for name in NAMES:
        for field in form_of(name):
            less = {key: value for key, value in form_of(name).items() if key != field}
            assert (
                phone.send(less | ({"sessionId": field} if field != "sessionId" else {})).status_code == 200
            )
    assert not InboundDelivery.objects.exclude(state="done").exists()
    assert events() == []


def test_in_each_language_every_screen_fits_and_nothing_of_the_wording_is_left_out(clinic):
    channel = next(row for row in clinic.demo.channels if row.kind == "ussd")
    purposes, rows = list(channel.purposes.all()), keyed.wordings(channel)
    assert list(rows) == seed.LANGUAGES
    for language, row in rows.items():
        row.details = f"{row.body} {row.stop} {row.privacy}"
        steps = script.build({language: row}, purposes, 18).steps(language)
        told = [step.lines[0].text for step in steps]
        again = [step.lines[0].text for step in steps[-1].details]
        assert all(map(screens.fits, [*told, *again]))
        assert [step.purpose for step in steps if step.purpose] == [REMINDERS, TIPS]
        lines = [wording.line(row, purpose, 18) for purpose in purposes]
        assert without_keys(told, language) == "".join(
            f"{row.body}{row.stop}{row.privacy}{''.join(lines)}".split()
        )
        assert without_keys(again, language) == "".join(f"{row.details}{lines[-1]}".split())
        for ending in ("keys_thanks", "keys_stopped", "keys_refused", "keys_nothing"):
            for name in (clinic.organisation.name, "The very long name of an association " * 6):
                assert screens.fits(screens.shortened(name, script._filled(ending, language)))


def without_keys(pages, language):
    """What the pages tell, without the keys below it and any space."""
    for digit, key in zip("01239", ("more", "yes", "no", "details", "stop"), strict=True):
        label = texts.text(f"keys_{key}", language)
        pages = [page.replace(f"\n{digit} {label}", "") for page in pages]
    return "".join("".join(pages).split())


characters = st.text(st.sampled_from("ab é€ أن\n"), min_size=1, max_size=400).filter(str.strip)
labels = st.sampled_from(["\n0 More", "\n0 आगे"])
choices = st.sampled_from(["\n1 Yes\n2 No", "\n1 हाँ\n2 नहीं"])


@pytest.mark.once
@given(characters, labels, choices)
def test_screens_fit_keep_every_character_in_order_and_leave_no_choice_alone(words, more, choices):
    told, asked = screens.telling(words, more), screens.asking(words, more, choices)
    assert all(map(screens.fits, [*told, *asked]))
    inside = [page.removesuffix(more) for page in asked[:-1]] + [asked[-1].removesuffix(choices)]
    for pages in (inside, [page.removesuffix(more) for page in told]):
        assert "".join("".join(pages).split()) == "".join(words.split())
        assert all(map(str.strip, pages))


@pytest.mark.once
def test_a_screen_holds_182_characters_of_gsm_or_80_of_any_other():
    assert screens.fits("a" * 182)
    assert not screens.fits("a" * 183)
    assert not screens.fits("€" * 92)  # two each
    assert screens.fits("अ" * 80)
    assert not screens.fits("अ" * 81)
    assert not screens.fits("😀" * 41)


@pytest.mark.once
def test_the_body_is_read_whatever_is_missing():
    for name in NAMES:
        (message,) = AfricastalkingUssd().parse((FIXTURES / f"{name}.form").read_bytes(), {}, "").messages
        assert message.identifiers[0].value == "+254711000101"
        assert message.occurred_at is None or name == "ussd_end_notification"
