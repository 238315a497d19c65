"""The person's own page: what stands and in which words, stopping at once, and never a yes by itself."""

import gzip
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.utils import timezone

from config.logs import mask_numbers
from optins.consent import links, texts
from optins.models import ConsentEvent, ConsentRequest, Contact, Evidence, OutboundMessage, Purpose
from tests.clinic import SIPHO, THANDI
from tests.pages.page import Page, words
from tests.proof.people import agree, contact_of, own, token_on
from tests.signals import record_all, word

pytestmark = pytest.mark.once

BUDGET = 15 * 1024
REMINDERS, TIPS = "appointment-reminders", "health-tips"


@pytest.fixture
def thandi(clinic):
    """She said yes to the reminders; about the tips nothing is on record."""
    return agree(clinic, REMINDERS)


@pytest.fixture
def press(clinic, thandi):
    """Press one button of her page; the last answer. ``form``: of a page that was opened before."""

    def press(form=None, address=None, **button):
        address = address or own(thandi)
        form = form or token_on(clinic.client.get(address))
        return clinic.client.post(address, {"token": form, **button})

    return press


def said(page):
    """What the page says about each purpose."""
    return [words(section) for section in Page(page).all("section")]


def rows():
    """How much there is on record about anybody."""
    return [model.objects.count() for model in (ConsentEvent, ConsentRequest, Contact, Evidence)]


def test_the_reply_to_a_yes_carries_the_link_and_the_link_opens_the_page(clinic, thandi):
    (reply,) = clinic.replies()
    (address,) = re.findall(r"http\S+", reply.text)
    assert THANDI not in address
    assert len(reply.text) < 300
    assert clinic.client.get(urlsplit(address).path).status_code == 200


def test_it_says_what_stands_in_the_words_that_were_shown_and_never_takes_silence_for_a_yes(clinic, thandi):
    reminders, tips = said(clinic.client.get(own(thandi)))
    assert re.search(r"^appointment reminders Yes You said yes on \d+ \w+ \d{4}\.", reminders)
    assert "Yes, Riverside Clinic may send me appointment reminders on WhatsApp." in reminders
    assert "Version 1, English" in reminders
    assert "Stop appointment reminders" in reminders
    assert tips.startswith("health tips No record There is no record: neither a yes nor a no.")
    assert "Stop health tips" not in tips


def test_what_others_report_is_not_shown_as_the_persons_own_yes(clinic):
    record_all(clinic, word("a", 0, TIPS), word("b", 0, REMINDERS))
    Purpose.objects.filter(key=REMINDERS).update(requires_confirmation=False)
    reminders, tips = said(clinic.client.get(own(contact_of())))
    assert "Yes A yes was recorded for you on 20 November 2026. You may get messages" in reminders
    assert "Not now A yes was recorded for you on 20 November 2026, but you have not confirmed it" in tips
    assert "Which words were shown is not on record." in tips


def test_a_yes_that_no_longer_counts_is_shown_as_such(clinic, thandi):
    Purpose.objects.filter(key=REMINDERS).update(expires_after_days=30)
    (reminders, _) = said(clinic.client.get(own(thandi)))
    assert "It runs out on" in reminders
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        (reminders, _) = said(clinic.client.get(own(thandi)))
    assert "has run out. Nothing is sent." in reminders


def test_stopping_one_purpose_works_at_once_and_leaves_the_other(clinic, press):
    agree(clinic, TIPS, ago=5)
    answer = press(stop=REMINDERS)
    assert answer.status_code == 200
    assert "From now on nothing is sent about appointment reminders." in words(
        Page(answer).one(role="status")
    )
    assert clinic.gate()["reason"] == "withdrawn"
    assert clinic.gate(TIPS)["decision"] == "allow"
    act = ConsentEvent.objects.get(door="web")
    assert (act.kind, act.actor, act.proved, act.reason) == ("withdrawn", "person", False, "requested")


def test_stopping_everything_is_one_act_about_everything(clinic, press):
    assert "nothing is sent at all" in press(stop="everything").content.decode()
    act = ConsentEvent.objects.get(door="web")
    assert (act.purpose, clinic.gate()["reason"], clinic.gate(TIPS)["reason"]) == (None, *["withdrawn"] * 2)


def test_a_second_click_is_the_same_act_and_an_old_form_still_stops(clinic, press, thandi):
    address = own(thandi)
    form = token_on(clinic.client.get(address))
    with time_machine.travel(timezone.now() + timedelta(days=60)):
        press(form, address, stop=REMINDERS)
        press(form, address, stop=REMINDERS)
    assert ConsentEvent.objects.filter(door="web").count() == 1


def test_a_stop_comes_after_a_yes_of_the_same_second(clinic, press):
    with time_machine.travel(timezone.now(), tick=False):
        clinic.write("JOIN")
        clinic.tap_button("Yes")
        press(stop="everything")
    assert {clinic.gate(key)["reason"] for key in clinic.purposes} == {"withdrawn"}


def test_no_post_makes_a_yes_but_it_makes_the_code_to_send_one(clinic, press):
    with time_machine.travel(timezone.now() - timedelta(seconds=9)):
        press(stop="everything")
    for fields in ({"purposes": REMINDERS}, {"give": REMINDERS}, {"stop": "nothing"}, {"again": "nothing"}):
        assert press(**fields).status_code == 422
    answer = press(again=REMINDERS)
    assert clinic.gate()["reason"] == "withdrawn"
    (text,) = re.findall(r'class="copy words">([^<]+)<', answer.content.decode())
    assert re.search(r'"https://wa\.me/27820000900\?text=[^"]+"', answer.content.decode())
    clinic.write(text, at=timezone.now() + timedelta(seconds=2))
    assert clinic.gate()["decision"] == "allow"


def test_a_get_writes_nothing(clinic, thandi):
    before = rows()
    for more in ("", "receipt", "receipt.json", "?lang=zu"):
        assert clinic.client.get(own(thandi, more=more)).status_code == 200
    assert rows() == before


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_another_site_cannot_press_its_buttons(clinic, press, thandi, origin):
    address = own(thandi)
    form = token_on(clinic.client.get(address))
    answer = clinic.client.post(address, {"token": form, "stop": "everything"}, headers={"Origin": origin})
    assert answer.status_code == 403
    assert clinic.gate()["decision"] == "allow"


def test_a_form_of_another_persons_page_stops_nobody(clinic, press, thandi):
    sipho = agree(clinic, TIPS, person=SIPHO)
    form = token_on(clinic.client.get(own(sipho)))
    assert press(form, own(thandi), stop="everything").status_code == 422
    assert not ConsentEvent.objects.filter(door="web").exists()


def test_one_answer_for_links_that_are_forged_old_or_of_somebody_who_is_gone(clinic, thandi):
    now = timezone.now()
    link = links.make(thandi, now)
    assert links.read(link, now + links.LIFE - timedelta(days=1)).contact == thandi
    forged = [link[:-1], f"{link}A", link.swapcase(), link.replace(".", ""), "x", "a.b", "é.é"]
    old = links.make(thandi, now - links.LIFE)
    answers = [clinic.client.get(f"/m/{each}/") for each in (*forged, old)]
    Contact.objects.update(erased_at=now)
    answers += [clinic.client.get(f"/m/{link}/{more}") for more in ("", "receipt")]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {re.sub(r'nonce="[^"]+"', "", answer.content.decode()) for answer in answers}
    assert len(bodies) == 1
    assert b"iverside" not in answers[0].content
    assert clinic.client.get(f"/m/{link}/receipt.json").status_code == 404
    assert clinic.client.post(f"/m/{link}/", {"stop": "everything"}).status_code == 404
    line = mask_numbers(None, "", {"event": f"Not Found: /m/{link}/receipt"})
    assert line == {"event": "Not Found: /m/[link]/receipt"}


def test_it_is_small_private_and_needs_no_script_no_cookie_and_nobody_else(clinic, thandi):
    for more in ("", "receipt"):
        for language in ("en", "hi", "ar"):
            answer = clinic.client.get(own(thandi, more=f"{more}?lang={language}"))
            assert len(gzip.compress(answer.content)) < BUDGET, (more, language)
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "same-origin"
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        assert "unsafe" not in answer["Content-Security-Policy"]
        assert not answer.cookies
        page = Page(answer)
        assert not page.all("script")
        assert page.one("meta", name="robots")["content"] == "noindex"
        assert not [e for e in page.all() if e["style"] or e["onclick"]]
        assert not [e for e in page.all() if (e["src"] or "").startswith("http")]
        assert THANDI[2:] not in answer.content.decode().replace(" ", "")


@pytest.mark.parametrize("language", texts.languages())
def test_it_speaks_each_language_and_the_persons_own_first(clinic, thandi, language):
    Contact.objects.update(language=language)
    clinic.write("STOP")
    for more, key in (("", "own_title"), ("receipt", "receipt_title")):
        page = Page(clinic.client.get(own(thandi, more=more)))
        assert page.one("html")["lang"] == language
        assert words(page.one("h1")) == texts.text(key, language)
        assert "{" not in words(page.one("main"))
    assert all("None" not in reply.text for reply in OutboundMessage.objects.all())
