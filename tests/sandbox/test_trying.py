"""Trying each channel out: really signed, over real HTTP, answered, and by somebody who is nobody."""

import re
from html import unescape

import httpx
import pytest

from channels_capture import registry
from optins.models import (
    ConsentEvent,
    ConsentRequest,
    Contact,
    InboundMessage,
    OutboundMessage,
    Sender,
    SenderContact,
    User,
)
from optins.sync.drain import drain
from sandbox.shapes import WAYS
from sandbox.testers import TESTERS
from tests.browsing import beyond, launched, listen, picture, resize, violations
from tests.sandbox.beside import slugs

pytestmark = pytest.mark.once


class Phone:
    """A tester with the sandbox's pages, in a browser without scripts."""

    def __init__(self, url):
        self.client = httpx.Client(base_url=url, trust_env=False, timeout=30, follow_redirects=True)
        self.url, self.headers = url, {"Origin": url}

    def do(self, slug, what="send", text="", digits=TESTERS[0], **more):
        form = {"do": what, "text": text, **more}
        answer = self.client.post(f"/try/{slug}/?as={digits}", data=form, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return said_on(answer.text)

    def look(self, slug, digits=TESTERS[0]):
        return self.client.get(f"/try/{slug}/?as={digits}").text


def said_on(page):
    lines = re.findall(r"<span class='said'[^>]*>(.*?)</span>", page, re.DOTALL)
    return [unescape(line) for line in lines]


@pytest.fixture
def phone(trying):
    phone = Phone(trying)
    with phone.client:
        yield phone


def test_every_provider_can_be_tried_and_nothing_that_testers_do_is_counted(phone):
    known = slugs()
    assert {"/".join(pair) for pair in known} == set(WAYS)
    index = phone.client.get("/try/").text
    for (kind, provider), slug in known.items():
        assert f'href="/try/{slug}/"' in index
        how = WAYS[f"{kind}/{provider}"].how
        before = InboundMessage.objects.count()
        if how == "chat":
            said = phone.do(slug, text="STOP")
            assert said[:2] == ["STOP", "The portal answered 200."], slug
        elif how == "session":
            assert phone.do(slug)[-1].startswith("1 English")
            said = phone.do(slug, text="9")
            assert said[-1] == "It is over."
        else:
            said = phone.do(slug, "ring")
            assert said[:2] == ["You dialled.", "The portal answered 200."]
        if how == "call":
            assert "For English, press 1." in said
            phone.do(slug, "key", "1")
            assert "It is over." in phone.do(slug, "key", "9")
        assert InboundMessage.objects.count() > before, slug
    stops = ConsentEvent.objects.filter(kind="withdrawn")
    assert {stop.channel.kind for stop in stops} == {kind for kind, _ in known if kind != "missed_call"}
    assert not ConsentEvent.objects.filter(is_test=False).exists()
    assert not Contact.objects.filter(is_test=False).exists()
    assert not SenderContact.objects.exists()
    drain()
    assert "send STOP there" in said_on(phone.look("riverside-bot-messenger"))[-1]
    assert any("will not message you" in line for line in said_on(phone.look("riverside-whatsapp")))


def test_a_testers_yes_is_a_test_from_the_bots_chat_to_whatsapp(phone):
    for provider in ("telegram", "messenger"):
        slug = f"riverside-bot-{provider}"
        phone.do(slug, text="START")
        drain()
        payload = re.search(r'value="(sayso:[^"]+:yes)"', phone.look(slug))[1]
        phone.do(slug, "tap", "Yes, please", payload=payload)
        drain()
        page = phone.look(slug)
        link = unescape(re.search(r'href="(/wa\.me/27820000900\?text=[^"]+)"', page)[1])
        text = httpx.URL(phone.client.get(link, follow_redirects=False).headers["Location"]).params["text"]
        phone.do("riverside-whatsapp-cloud", text=text)
    assert ConsentEvent.objects.filter(kind="given", is_test=True, proved=True).exists()
    assert not ConsentEvent.objects.filter(is_test=False).exists()
    phone.do("riverside-sms-twilio", text="JOIN")
    phone.do("riverside-ussd-africastalking")
    phone.do("riverside-ussd-africastalking", text="1")
    phone.do("riverside-ivr-twilio", "ring")
    assert not ConsentRequest.objects.filter(is_test=False).exists()
    phone.do("riverside-bot-telegram", "share")
    assert ConsentRequest.objects.filter(typed_number=f"+{TESTERS[0]}", is_test=True).exists()


def test_only_testers_try_only_from_the_page_itself_and_only_what_there_is(phone):
    address = f"/try/riverside-whatsapp/?as={TESTERS[0]}"
    for headers in ({"Origin": "http://evil.example"}, {**phone.headers, "Sec-Fetch-Site": "cross-site"}):
        assert phone.client.post(address, data={"text": "JOIN"}, headers=headers).status_code == 403
    for wrong in ("/try/riverside-whatsapp/?as=27820000101", "/try/nothing/", "/try/riverside-web/"):
        assert phone.client.post(wrong, data={"text": "JOIN"}, headers=phone.headers).status_code == 404
    assert phone.client.post(address, data={"do": "fly"}, headers=phone.headers).status_code == 400
    for path in ("/botwrong/sendMessage", "/100000000000001/messages"):
        assert phone.client.post(path, json={}).status_code == 401
    assert not InboundMessage.objects.exists()
    assert said_on(phone.look("riverside-whatsapp")) == []
    assert (
        "<script>"
        not in phone.client.post(
            address, data={"text": "<script>alert(1)</script>"}, headers=phone.headers
        ).text
    )


def test_an_sms_without_the_accounts_key_is_refused_and_waits_with_its_reason(phone):
    accounts = Sender.objects.filter(medium="sms").exclude(platform="inline")
    assert len(accounts) == 5
    for sender in accounts:
        phone.do(sender.slug, text="JOIN")
        sender.token = "another"
        sender.save()
    assert drain() == 0
    waiting = OutboundMessage.objects.filter(state="waiting")
    assert waiting.count() == 5
    assert all(message.last_error.startswith("HTTP 401") for message in waiting)


def test_the_channels_page_offers_it_to_who_may_change_it_and_in_the_demo_alone(phone, client, settings):
    slug = "riverside-bot-telegram"
    channel = registry.CaptureChannel.objects.get(slug=slug)
    address = f"/admin/optins/capturechannel/{channel.pk}/change/"
    offered = {}
    for role in ("manager", "auditor"):
        client.force_login(User.objects.get(username=role))
        offered[role] = f"{phone.url}/try/{slug}/" in client.get(address).content.decode()
    assert offered == {"manager": True, "auditor": False}
    settings.DEMO = False
    client.force_login(User.objects.get(username="manager"))
    assert "/try/" not in client.get(address).content.decode()


@pytest.mark.walk
def test_the_pages_fit_a_small_phone_work_by_keyboard_and_axe_finds_nothing(phone):
    complaints = []
    with launched() as browser:
        # Without scripts, and as small as a phone gets; then with them, as axe needs.
        for scheme, small in (("dark", True), ("light", False)):
            size = {"width": 240 if small else 1280, "height": 740}
            page = browser.new_page(viewport=size, color_scheme=scheme, java_script_enabled=not small)
            listen(page, complaints)
            page.goto(f"{phone.url}/try/")
            found = [] if small else violations(page)
            page.get_by_role("link", name="messenger").focus()
            page.keyboard.press("Enter")
            page.get_by_role("textbox", name="Message").fill("JOIN")
            page.keyboard.press("Enter")
            page.wait_for_url("**#last")
            drain()
            page.get_by_role("link", name="Look again").click()
            page.get_by_role("button", name="Yes, please").last.wait_for()
            page.get_by_text("On the wire").last.click()
            if not small:
                resize(page, 240)
                found += [*violations(page), beyond(page)]
                assert found == [0]
            picture(page, f"trying-{scheme}")
            page.close()
    assert complaints == []
