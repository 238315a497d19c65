"""Erasing one person: nothing readable is left anywhere, the stop stays, the ledger stays as it was."""

import json
from io import StringIO

from django.core.management import call_command

from optins import erasing
from optins.models import (
    ConsentEvent,
    ConsentRequest,
    SenderContact,
)
from tests.clinic import BSUID, THANDI
from tests.rights.conftest import erase, fill, told
from tests.rights.searching import places_of
from tests.signals import facts, folded

WHEREVER = {
    "axes_accessattempt.username", "django_admin_log.object_repr", "optins_consentrequest.typed_number",
    "optins_contactidentifier.value", "optins_evidence.payload", "optins_importbatch.content",
    "optins_importbatch.attestation", "optins_importbatch.file_name", "optins_inbounddelivery.body",
    "optins_inbounddelivery.headers", "optins_outboundmessage.address", "optins_outboundmessage.vendor_id",
    "session",
}  # fmt: skip


def verified():
    """What ``verify_ledger --json`` prints, of a ledger that is sealed to its end."""
    call_command("seal_ledger")
    out = StringIO()
    call_command("verify_ledger", "--json", stdout=out)
    return out.getvalue()


def everywhere():
    return places_of(THANDI, "Thandi", BSUID)


def test_after_an_erasure_no_table_and_no_file_holds_number_id_or_name(clinic):
    contact = fill(clinic)
    assert everywhere() >= WHEREVER
    events = list(ConsentEvent.objects.filter(contact=contact).values().order_by("pk"))
    erase(contact)
    assert everywhere() == set()
    assert not ConsentRequest.objects.exclude(client_address="").exists()
    assert (
        list(ConsentEvent.objects.filter(contact=contact).exclude(kind="erased").values().order_by("pk"))
        == events
    )
    assert facts(contact) == folded(contact)
    assert clinic.gate()["reason"] == "erased"
    assert clinic.gate(bsuid=BSUID)["reason"] == "erased"
    findings = json.loads(verified())
    assert (findings["ok"], findings["findings"]) == (True, [])
    assert any("it named somebody who was erased" in note["text"] for note in findings["notes"])
    told()
    assert erasing.finish_all() == 1
    assert not SenderContact.objects.filter(contact=contact).exists()
    assert everywhere() == set()
