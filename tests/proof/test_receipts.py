"""Receipts: what, to whom, when, in which words, how proved, how to change it; signed, in checked terms."""

import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone

from optins.consent import dpv, receipts, signing
from optins.consent.evidence_pack.contents import Contents
from optins.consent.evidence_pack.files import files
from optins.consent.evidence_pack.tree import Sealed
from optins.models import Purpose
from tests.clinic import THANDI
from tests.pages.page import Page, words
from tests.proof.people import agree, contact_of, own
from tests.proof.terms import CHECKED, KEYWORDS, used
from tests.signals import no, record_all, word, yes

pytestmark = pytest.mark.once

REMINDERS, TIPS = "appointment-reminders", "health-tips"


@pytest.fixture
def thandi(clinic):
    return agree(clinic, REMINDERS)


@pytest.fixture
def receipt(clinic, thandi):
    """Fetch her receipt as JSON."""
    return lambda more="": clinic.client.get(own(thandi, more=f"receipt.json{more}"))


def by_purpose(content):
    return {
        record["dpv:hasProcess"]["dpv:hasPurpose"]["dct:identifier"]: record
        for record in content["dpv:hasRecordOfActivity"]
    }


def test_the_printed_receipt_says_what_to_whom_when_in_which_words_and_how_it_was_proved(clinic, thandi):
    page = words(Page(clinic.client.get(own(thandi, more="receipt?lang=en"))).one("main"))
    shown = thandi.events.get().translation
    for said in (
        "Riverside Clinic",
        "Riverside Community Clinic NPC",
        "12 River Street, Cape Town, 8001, South Africa",
        "help@riverside.example",
        "https://riverside.example/privacy",
        "You said yes on",
        "Proved by your own message from WhatsApp.",
        "+0200",
        shown.body,
        shown.purposes[REMINDERS],
        "Version 1, English",
        shown.digest(),
        str(thandi.events.get().pk),
        "Send STOP in the chat to stop everything",
        "There is no record: neither a yes nor a no. Nothing is sent.",
    ):
        assert " ".join(said.split()) in page, said


def test_the_file_says_the_same_for_computers_and_names_no_number(clinic, thandi, receipt):
    answer = receipt()
    assert answer["Content-Type"] == "application/json"
    assert THANDI[2:] not in answer.content.decode().replace(" ", "")
    content = answer.json()["receipt"]
    assert content["@type"] == "dpv:ConsentReceipt"
    reminders, tips = by_purpose(content)[REMINDERS], by_purpose(content)[TIPS]
    assert reminders["sayso:standing"]["dpv:hasConsentStatus"] == {"@id": "dpv:ConsentGiven"}
    (act,) = reminders["dpv:hasConsentStatus"]
    assert act["@type"] == ["dpv:ConsentGiven", "dpv:ExpressedConsent"]
    assert act["sayso:proved"] is True
    assert act["dpv:isIndicatedBy"] == {"@id": "dpv:DataSubject"}
    shown = thandi.events.get().translation
    (notice,) = reminders["dpv:hasNotice"]
    assert (notice["dct:identifier"], notice["dct:language"]) == (shown.digest(), "en")
    assert shown.body in notice["dct:description"]["@value"]
    assert reminders["dpv:hasDataController"]["dpv:hasName"] == "Riverside Community Clinic NPC"
    assert tips["sayso:standing"]["sayso:reason"] == "no_record"
    assert tips["dpv:hasConsentStatus"] == []


def test_the_signature_holds_for_the_receipt_as_it_is_and_for_no_other(receipt):
    signed = receipt("?lang=hi").json()
    signature = signed["signature"]
    assert signature["public_key"] == signing.public_hex(signature["key_id"])
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature["public_key"]))
    # As docs/proof.md says it, with the standard library alone.
    text = json.dumps(signed["receipt"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    key.verify(bytes.fromhex(signature["value"]), b"sayso-receipt-1\n" + text.encode())
    changed = text.replace("dpv:ConsentGiven", "dpv:ConsentRefused").encode()
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(signature["value"]), b"sayso-receipt-1\n" + changed)


def test_what_nobody_confirmed_is_marked_and_never_called_given(clinic):
    record_all(clinic, word("a", 0, TIPS), word("b", 0, REMINDERS))
    Purpose.objects.filter(key=REMINDERS).update(requires_confirmation=False)
    found = by_purpose(receipts.receipt(contact_of(), "en", timezone.now()))
    (tips,) = found[TIPS]["dpv:hasConsentStatus"]
    assert (tips["@type"], tips["sayso:unconfirmed"]) == ("dpv:ConsentUnknown", True)
    assert found[TIPS]["sayso:standing"]["dpv:hasConsentStatus"] == {"@id": "dpv:ConsentUnknown"}
    assert found[REMINDERS]["dpv:hasConsentStatus"][0]["@type"][0] == "dpv:ConsentGiven"


def test_every_term_is_one_that_was_looked_up_and_every_prefix_is_declared(clinic, thandi):
    clinic.purposes[TIPS].expires_after_days = 30
    record_all(clinic, yes("a", 0, TIPS), no("b", 1, TIPS, kind="refused"), no("c", 2), word("d", 3, TIPS))
    record_all(clinic, no("e", 4, TIPS, kind="invalidated", actor="system"), no("f", 5, actor="system"))
    contents = Contents(thandi, Sealed.now(clinic.organisation, timezone.now()), timezone.now(), False)
    record = json.loads(files(contents)["record.jsonld"])
    for document in (receipts.receipt(contact_of(), "sw", timezone.now()), record):
        assert document["@context"] == dpv.CONTEXT
        terms = set(used(document))
        ours = {term for term in terms if term.startswith("sayso:")}
        places = {term for term in terms if term.startswith("loc:")}
        assert places == {"loc:ZA"}
        assert terms - ours - places - KEYWORDS <= CHECKED
        assert {term.partition(":")[0] for term in terms - KEYWORDS} <= set(dpv.CONTEXT)
    assert {"dpv:ConsentRevoked", "dpv:ConsentRefused", "dpv:UntilTimeDuration"} <= set(used(record))
