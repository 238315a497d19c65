"""The page on which staff try what words would do."""

from html import unescape

import pytest

from optins.models import (
    ConsentEvent,
    ConsentRequest,
    Contact,
    InboundMessage,
    OutboundMessage,
    ReviewItem,
    Suppression,
)
from tests.signing_in import signed_in

pytestmark = pytest.mark.once


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
    ("We have got to stop this bill", True): ["Nothing: it is left", "which they mean to stop themselves"],
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
