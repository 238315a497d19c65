"""A code that lies on a device that was revoked is no dead end for whoever sends it."""

from datetime import UTC, datetime

import pytest

from channels_capture import intake
from optins.models import Device, InboundDelivery
from tests.signing_in import signed_in

pytestmark = pytest.mark.once


def test_a_code_that_lies_on_a_revoked_device_is_no_dead_end(clinic, tablet):
    Device.objects.update(revoked_at=datetime.now(UTC))
    clinic.write(f"Yes {tablet.codes[0]}")
    assert clinic.events() == []
    clinic.tap_button("Yes")
    assert clinic.gate()["decision"] == "allow"


def test_whoever_waits_for_a_device_is_asked_once_it_is_revoked(clinic, tablet):
    clinic.write(f"Yes {tablet.codes[0]}")
    assert clinic.replies() == []
    page = f"/admin/optins/device/{Device.objects.get().pk}/change/"
    signed_in("owner").post(
        page, {"revoked_at_0": "2026-01-01", "revoked_at_1": "00:00", "revoked_at": "2026-01-01 00:00"}
    )
    assert Device.objects.get().revoked_at
    (delivery,) = InboundDelivery.objects.all()
    assert delivery.state == "waiting"
    intake.process(delivery, datetime.now(UTC))
    (question,) = clinic.replies()
    assert question.request.kind == "consent"
