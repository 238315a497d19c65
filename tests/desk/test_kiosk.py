"""At a kiosk people choose by themselves, and the next one sees nothing of the last."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from optins.models import CaptureChannel, ConsentEvent, ConsentRequest, DeskCapture, Membership
from tests.channels.pictures import from_svg, read

pytestmark = pytest.mark.once


@pytest.fixture
def kiosk(agent):
    """A screen that staff left to people: a browser without a session, and the address it is at."""
    answer = agent.client.post(f"{agent.address()}kiosk/")
    assert answer.status_code == 302
    assert "sessionid" not in agent.client.cookies or not agent.client.cookies["sessionid"].value
    return Screen(agent.client, answer["Location"])


class Screen:
    def __init__(self, client, address):
        self.client, self.address = client, address

    def open(self, query=""):
        return self.client.get(f"{self.address}{query}")

    def send(self, *purposes, query="", **more):
        (token,) = re.findall(r'name="token" value="([^"]+)"', self.open(query).content.decode())
        self.sent = {"token": token, "purposes": purposes} | more
        return self.client.post(f"{self.address}{query}", self.sent)


def test_whoever_starts_a_kiosk_is_signed_out_on_it(agent, kiosk):
    assert kiosk.open().status_code == 200
    assert kiosk.client.get("/desk/")["Location"].startswith("/admin/login/")
    assert Client().get(kiosk.address).status_code == 200


def test_the_code_is_shown_as_a_qr_code_alone_and_no_number_is_taken(clinic, kiosk):
    answer = kiosk.send("health-tips", phone="0820000101", country="ZA")
    page = answer.content.decode()
    assert "<svg" in page.split('class="qr"')[1]
    assert "wa.me" not in page
    request = ConsentRequest.objects.get()
    assert request.typed_number == ""
    assert DeskCapture.objects.get().noted == {"kiosk": True}
    assert clinic.events() == []


def test_what_is_scanned_counts_for_whoever_sends_it(clinic, kiosk):
    code = code_in(kiosk.send("health-tips"))
    clinic.write(code)
    assert clinic.events() == [("given", "health-tips", True)]
    assert ConsentEvent.objects.get().evidence.get(part="act").payload["desk"]["kiosk"] is True


def code_in(answer):
    """What a phone reads from the screen."""
    (svg,) = re.findall(r"<svg.*?</svg>", answer.content.decode().split('class="qr"')[1], re.S)
    return parse_qs(urlsplit(read(from_svg(svg)).text).query)["text"][0]


def test_the_next_person_sees_nothing_of_the_last(kiosk):
    first = kiosk.send("health-tips", query="?lang=ar")
    for answer in (first, kiosk.open(), kiosk.open("?lang=ar")):
        assert "no-store" in answer["Cache-Control"]
        (refresh,) = re.findall(r'http-equiv="refresh" content="(\d+);url=([^"]+)"', answer.content.decode())
        assert refresh[1] == kiosk.address
        assert int(refresh[0]) <= 180
    assert f'href="{kiosk.address}"' in first.content.decode()
    assert not re.search(r"<input[^>]* checked", kiosk.open().content.decode())
    # Going back and sending it again shows nothing either, and makes nothing.
    again = kiosk.client.post(kiosk.address, kiosk.sent)
    assert (again.status_code, again["Location"]) == (302, kiosk.address)
    assert ConsentRequest.objects.count() == 1


def test_nothing_ticked_is_said_and_the_page_leads_nowhere_else(kiosk):
    answer = kiosk.send()
    assert answer.status_code == 422
    assert b'id="purposes-error"' in answer.content
    links = re.findall(r'href="([^"]+)"', kiosk.open().content.decode())
    assert [link for link in links if not link.startswith(("?lang=", "#", "data:"))] == []


def test_a_kiosk_ends_with_the_channel_the_agent_or_its_day(clinic, kiosk, time_machine):
    assert Client().get(f"{kiosk.address[:-5]}xxxx/").status_code == 404
    CaptureChannel.objects.filter(kind="in_person").update(is_active=False)
    assert kiosk.open().status_code == 404
    CaptureChannel.objects.filter(kind="in_person").update(is_active=True)
    membership = Membership.objects.filter(user__username="agent")
    membership.update(role="viewer")
    assert kiosk.open().status_code == 404
    membership.update(role="agent")
    assert kiosk.open().status_code == 200
    time_machine.move_to(clinic.now().replace(year=clinic.now().year + 1))
    assert kiosk.open().status_code == 404


def test_a_post_from_another_site_is_refused(kiosk):
    answer = kiosk.client.post(kiosk.address, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_only_channels_in_person_have_a_kiosk(agent):
    assert agent.client.post(f"{agent.address('service_call')}kiosk/").status_code == 404
