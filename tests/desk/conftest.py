"""Fixtures: an agent at the clinic's desk, and a device that signs as a browser does."""

import base64
import json
import re
import uuid
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from optins.consent import wording
from optins.models import CaptureChannel, User
from tests.desk import pictures
from tests.desk.installed import start as start

JPEG = pictures.jpeg()


class Agent:
    """Signed in, at the desk."""

    def __init__(self, clinic, username="agent"):
        self.clinic, self.client = clinic, Client()
        self.client.force_login(User.objects.get(username=username))

    def channel(self, kind="in_person"):
        return CaptureChannel.objects.get(organisation=self.clinic.organisation, kind=kind)

    def address(self, kind="in_person"):
        return f"/desk/at/{self.channel(kind).slug}/"

    def open(self, kind="in_person", query=""):
        """The page's own fields: what a browser would send without anything being ticked."""
        answer = self.client.get(f"{self.address(kind)}{query}")
        (token,) = re.findall(r'name="token" value="([^"]+)"', answer.content.decode())
        return {"token": token, "country": "ZA"}

    def send(self, kind="in_person", *, query="", **fields):
        return self.client.post(f"{self.address(kind)}{query}", self.open(kind, query) | fields)

    def capture(self, *purposes, kind="in_person", number="", noted="Reception", **more):
        """Fill the form in; returns the code to hand over."""
        answer = self.send(kind, purposes=purposes, phone=number, noted=noted, **more)
        assert answer.status_code == 200, answer.content.decode()
        return code_of(answer)


def code_of(answer):
    (spoken,) = re.findall(r'<bdi dir="ltr" id="code">([^<]+)</bdi>', answer.content.decode())
    return spoken


class Browser:
    """What an agent's installed page does, with a key of its own."""

    def __init__(self, agent):
        self.agent, self.key = agent, ec.generate_private_key(ec.SECP256R1())
        public = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        asked = {
            "organisation": agent.clinic.organisation.slug,
            "public_key": base64.b64encode(public).decode(),
            "name": "Tablet",
        }
        self.id = self.ask("devices", asked).json()["device"]
        channel = agent.channel()
        stock = self.ask("stock", {"device": self.id, "channel": channel.slug, "have": 15}).json()
        self.codes = [row["code"] for row in stock["codes"]]

    def ask(self, what, body, client=None):
        return (client or self.agent.client).post(
            f"/desk/{what}/",
            json.dumps(body),
            content_type="application/json",
            headers={"Accept": "application/json"},
        )

    def entry(self, code, *purposes, at=None, **changes):
        """What the page writes down, as text."""
        channel = self.agent.channel()
        shown = wording.translation(channel.notice, "en")
        said = {
            "id": str(uuid.uuid4()),
            "code": code,
            "channel": channel.slug,
            "version": shown.content_hash,
            "language": "en",
            "purposes": purposes,
            "number": "",
            "noted": "Market, stall 4",
            "source": "",
            "captured_at": (at or datetime.now(UTC)).isoformat(),
        }
        return json.dumps(said | changes)

    def sign(self, text):
        first, second = decode_dss_signature(self.key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
        return base64.b64encode(first.to_bytes(32) + second.to_bytes(32)).decode()

    def upload(self, *texts, signature=None, client=None, device=None, now=None):
        """Returns what the server says of each: ``recorded``, or why not."""
        rows = [{"entry": text, "signature": signature or self.sign(text)} for text in texts]
        body = {"device": device or self.id, "now": (now or datetime.now(UTC)).isoformat(), "entries": rows}
        answer = self.ask("entries", body, client).json()
        if "problem" in answer:
            return answer["problem"]
        told = [row["why"] or row["outcome"] for row in answer["outcomes"]]
        return told[0] if len(told) == 1 else told


@pytest.fixture
def agent(clinic):
    return Agent(clinic)


@pytest.fixture
def tablet(agent):
    """A registered device with five codes in stock."""
    return Browser(agent)
