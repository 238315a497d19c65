"""Somebody who dials: screens and keys."""

from pathlib import Path
from urllib.parse import parse_qsl, urlencode

from channels_capture import registry
from channels_capture.ussd import screens
from optins.models import (
    ConsentEvent,
    InboundMessage,
)

FIXTURES = Path(__file__).parent.with_name("fixtures") / "africastalking"

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


def events():
    rows = ConsentEvent.objects.select_related("purpose").order_by("recorded_at", "id")
    return [(event.kind, event.purpose.key if event.purpose else None, event.proved) for event in rows]


def outcomes(channel):
    return list(
        InboundMessage.objects.filter(channel=channel).order_by("pk").values_list("outcome", flat=True)
    )


NAMES = ("ussd_1_start", "ussd_2_agree", "ussd_3_confirm", "ussd_end_notification")
