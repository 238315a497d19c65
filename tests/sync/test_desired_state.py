"""What changes without anybody acting: time, wording, settings, a sender that was switched off."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from optins import tasks
from optins.models import ApiIdempotency, ConsentRequest, NoticeVersion, Purpose, Sender
from optins.sync.drain import drain
from tests.clinic import SIPHO, THANDI


def later(**passed):
    """As if that much time had passed."""
    return time_machine.travel(timezone.now() + timedelta(**passed), tick=True)


def opted_in(sandbox, person=THANDI):
    return sandbox.state()["contacts"][person]["fields"]["opted_in"]


def publish(notice, change):
    """A new version of the wording takes the place of the one in force."""
    old = notice.published()
    old.status, old.retired_at = NoticeVersion.Status.RETIRED, timezone.now()
    old.save()
    NoticeVersion.objects.create(
        notice=notice, number=old.number + 1, change=change, status="published", published_at=timezone.now()
    )


def test_consent_that_ran_out_is_withdrawn_at_the_sender(outward, sandbox):
    Purpose.objects.filter(key="health-tips").update(expires_after_days=30)
    outward.clinic.purposes["health-tips"].refresh_from_db()
    outward.give(THANDI)
    outward.give(SIPHO, "appointment-reminders")
    drain()
    assert tasks.recompute_desired() == 0
    with later(days=31):
        assert tasks.recompute_desired() == 1
        assert tasks.recompute_desired() == 0
        drain()
    assert opted_in(sandbox, THANDI) is False
    assert opted_in(sandbox, SIPHO) is True


@pytest.mark.parametrize(("change", "stands"), [("minor", True), ("major", False)])
def test_a_major_change_of_wording_withdraws_at_the_sender_and_a_minor_one_does_not(
    change, stands, outward, sandbox
):
    clinic = outward.clinic
    clinic.write(clinic.choose("health-tips"))
    drain()
    publish(clinic.web.notice, change)
    tasks.recompute_desired()
    drain()
    assert opted_in(sandbox) is stands


def test_a_purpose_that_now_needs_confirmation_withdraws_what_was_not_confirmed(outward, sandbox):
    Purpose.objects.update(requires_confirmation=False)
    outward.give_by_number(f"+{THANDI}", proved=False)
    outward.give(SIPHO)
    drain()
    Purpose.objects.update(requires_confirmation=True)
    assert tasks.recompute_desired() == 1
    drain()
    assert (opted_in(sandbox, THANDI), opted_in(sandbox, SIPHO)) == (False, True)


def test_an_inactive_sender_is_left_alone_and_told_everything_when_it_is_active_again(outward, sandbox):
    outward.give()
    drain()
    Sender.objects.update(is_active=False)
    outward.stop()
    outward.reply(expires_at=timezone.now() + timedelta(hours=1))
    outward.give(SIPHO)
    assert drain() == 0
    assert len(sandbox.state()["calls"]) == 1
    Sender.objects.update(is_active=True)
    drain()
    assert (opted_in(sandbox, THANDI), opted_in(sandbox, SIPHO)) == (False, True)


def test_what_is_no_longer_needed_goes_and_what_is_needed_stays(outward):
    clinic = outward.clinic
    number, other = "082 000 0101", "082 000 0202"
    clinic.choose("health-tips", number=number)
    clinic.write("STOP")
    clinic.deliver(b"no json")
    waiting = outward.reply("waits", expires_at=timezone.now() + timedelta(days=60))
    outward.reply("too late")
    clinic.api(
        "consents",
        {"phone": f"+{SIPHO}", "channel": "riverside-web", "purposes": ["health-tips"], "action": "request"},
        **{"Idempotency-Key": "one"},
    )
    events = clinic.events()

    def left():
        return (
            clinic.thread.deliveries.count(),
            outward.sender.messages.count(),
            ConsentRequest.objects.exclude(typed_number="").count(),
            ApiIdempotency.objects.count(),
        )

    before = left()
    assert before == (2, 3, 2, 1)
    with later(days=13):
        tasks.remove_outdated()
        assert left() == before
    with later(days=15):
        tasks.remove_outdated()
        assert left() == (0, 1, 2, 1)
        clinic.choose("health-tips", number=other)
    with later(days=38):
        tasks.remove_outdated()
        assert left() == (0, 1, 1, 0)
    waiting.refresh_from_db()
    assert clinic.events() == events
    assert ConsentRequest.objects.filter(code_digest__gt="").count() == 3


def test_a_webhook_that_waits_is_kept_however_old_it_is(outward):
    outward.clinic.deliver(b"no json")
    outward.clinic.thread.deliveries.update(state="waiting")
    with later(days=100):
        tasks.remove_outdated()
    assert outward.clinic.thread.deliveries.count() == 1
