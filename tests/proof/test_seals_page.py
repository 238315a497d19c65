"""The page of seals: what is sealed, what is not, where heads went, and with which key to check them."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from optins import tasks
from optins.consent import sealing, signing
from optins.consent.seals import SignedHead
from optins.models import HeadExport, Seal, User
from tests.signals import no, record_all
from tests.signing_in import signed_in

LIST = reverse("admin:optins_seal_changelist")


@pytest.fixture
def page(recorded):
    return lambda path=LIST: signed_in(User.objects.get(username="auditor")).get(path).content.decode()


def test_it_says_how_far_the_ledger_is_sealed_and_where_heads_went(recorded, page, tmp_path, settings):
    assert ">Sealing</span>" in page()
    assert "5 events" in page()
    assert ">Nowhere</span>" in page()
    settings.HEADS_FOLDER = str(tmp_path)
    sealing.seal(recorded.organisation, timezone.now())
    assert "File:" in page()
    assert "none yet" in page()
    tasks.export_heads()
    text = page()
    assert ">Sealed</span>" in text
    assert "the one over 5 events" in text
    assert signing.public_hex("test") in text
    settings.HEADS_WEBHOOK = "http://127.0.0.1:1/"
    tasks.export_heads()
    assert "No answer: ConnectError" in page()


def test_it_warns_of_events_that_nobody_seals(recorded, page):
    sealing.seal(recorded.organisation, timezone.now())
    record_all(recorded, no("d", 9))
    later = timezone.now() + timedelta(minutes=11)
    assert ">Behind</span>" not in page()
    with time_machine.travel(later, tick=True):
        assert ">Behind</span>" in page()


def test_one_head_is_shown_as_it_is_exported(recorded, page):
    head = sealing.seal(recorded.organisation, timezone.now())
    HeadExport.objects.create(seal=head, target="webhook", next_attempt_at=timezone.now(), last_error="Oh")
    text = page(reverse("admin:optins_seal_change", args=[head.pk])).replace("&quot;", '"')
    assert SignedHead.of(head).line in text
    assert "Oh" in text
    assert str(Seal.objects.get()) in text
