"""The checkout of the documentation, run as it stands there: an unticked box, a report, a code to send."""

from html.parser import HTMLParser

import pytest

from optins.consent import codes
from optins.models import ConsentEvent, Evidence
from tests.clinic import THANDI
from tests.journeys.shop import report_consent, snippet

pytestmark = pytest.mark.once


@pytest.fixture
def shop(live_clinic, live_server, monkeypatch):
    """The example's own function, with the portal where it looks for it."""
    monkeypatch.setenv("SAYSO_URL", live_server.url)
    monkeypatch.setenv("SAYSO_KEY", live_clinic.demo.api_key)
    return report_consent()


def test_the_order_goes_through_without_a_yes_and_a_yes_counts_when_its_code_comes(
    shop, live_clinic, monkeypatch
):
    phone = f"+{THANDI}"
    assert shop([], "4710", phone) is None
    assert live_clinic.events() == []
    told = shop(["health-tips"], "4711", phone)
    assert codes.read(told["code"]) == told["code"]
    assert told["wa_link"].startswith("https://wa.me/27820000900?text=")
    assert shop(["health-tips"], "4711", phone) == told
    assert live_clinic.events() == [("given", "health-tips", False)]
    event = ConsentEvent.objects.get()
    assert (event.channel.kind, event.door) == ("transaction", "api")
    assert Evidence.objects.get(event=event, part="act").payload["order"] == "4711"
    assert live_clinic.gate("health-tips")["reason"] == "unconfirmed"
    live_clinic.write(told["code"])
    assert live_clinic.gate("health-tips")["decision"] == "allow"

    assert shop(["health-tips"], "", phone) is None  # refused: nobody could look it up
    monkeypatch.setenv("SAYSO_URL", "http://127.0.0.1:9")
    assert shop(["health-tips"], "4712", phone) is None  # the portal is away, and the order stands
    assert len(live_clinic.events()) == 2


class Boxes(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.boxes, self.labels, self.text = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "input":
            self.boxes.append(dict(attrs))
        if tag == "label":
            self.labels.append(dict(attrs)["for"])

    def handle_data(self, data):
        self.text += data


def test_the_box_of_the_snippet_is_not_ticked_not_required_and_says_who_and_what():
    page = Boxes(snippet())
    assert page.labels == [box["id"] for box in page.boxes]
    for box in page.boxes:
        assert not {"checked", "required"} & set(box)
        assert box["value"] in ("health-tips", "appointment-reminders")
    for said in ("WhatsApp", "Riverside Clinic", "STOP", "you can order without them"):
        assert said in page.text
