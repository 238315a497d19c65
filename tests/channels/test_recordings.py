"""What each recorded WhatsApp message, SMS and ad leads to: outcome, act, question, answer, evidence."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from channels_capture import registry
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRecord,
    ConsentRequest,
    Evidence,
    InboundMessage,
    OutboundMessage,
)
from tests.channels.recordings import names, recorded

pytestmark = pytest.mark.once

RECORDED_AT = datetime(2026, 11, 20, 9, 20, 5, tzinfo=UTC)
BOTH, ONE = ["appointment-reminders", "health-tips"], ["appointment-reminders"]
Led = tuple[list[str], str | None, list[str], int]
NOTHING: Led = ([], None, [], 0)
LEFT_ALONE: Led = (["left_alone"], None, [], 0)
ASKED: Led = (["ask"], None, BOTH, 1)
WISHED: Led = (["ask"], None, [], 0)  # and not asked: the provider has nowhere to put a question


def stopped(who, replies=0):
    return (["stop"], who, [], replies)


# A button whose title comes near a stop: "Stop promotions".
MARKETING_STOPPED: tuple[Any, ...] = (["stop"], "+27820000101", [], 1, ["health-tips"])


# By recording: outcomes, who stopped everything, purposes asked about, replies.
EXPECTED = {
    "whatsapp_thread/whatsapp_cloud": {
        "inbound_batch.json": (["ask", "stop", "left_alone"], "+27820000101", BOTH, 2),
        "inbound_button_reply.json": LEFT_ALONE,
        "inbound_contact_request_shared.json": LEFT_ALONE,
        "inbound_edit_of_message.json": LEFT_ALONE,
        "inbound_edit_to_stop.json": stopped("+27820000101", 1),
        "inbound_flow_nfm_reply.json": LEFT_ALONE,
        "inbound_revoke.json": (["revoked"], None, [], 0),
        "inbound_template_quick_reply.json": MARKETING_STOPPED,
        "inbound_text.json": ASKED,
        "inbound_text_forwarded.json": (["ask"], None, ONE, 1),
        "inbound_text_frequently_forwarded.json": (["ask"], None, ONE, 1),
        "inbound_unknown_type.json": LEFT_ALONE,
        "inbound_username_phone_hidden.json": LEFT_ALONE,
        "status_delivered.json": NOTHING,
        "status_failed_131026.json": NOTHING,
        "status_failed_131047.json": NOTHING,
        "status_failed_131050.json": NOTHING,
        "system_user_changed_number.json": LEFT_ALONE,
        "system_user_changed_user_id.json": LEFT_ALONE,
        "user_id_update.json": LEFT_ALONE,
        "user_preferences_resume.json": NOTHING,
        "user_preferences_stop.json": NOTHING,
    },
    "whatsapp_thread/dialog360": {
        "inbound_stop_at_the_top.json": stopped("+27820000101", 1),
        "inbound_text.json": ASKED,
        "status_failed_131050.json": NOTHING,
    },
    "whatsapp_thread/twilio": {
        "status_failed_63024.form": NOTHING,
        "whatsapp_inbound.form": ASKED,
        "whatsapp_inbound_button.form": LEFT_ALONE,
        "whatsapp_inbound_forwarded.form": (["ask"], None, ONE, 1),
        "whatsapp_inbound_frequently_forwarded.form": (["ask"], None, ONE, 1),
        "whatsapp_inbound_user_id_only.form": stopped("ZA.13491208655300000001", 1),
    },
    "sms_short_code/twilio": {
        "json_event_bodysha256.json": NOTHING,
        "sms_inbound_join.form": ASKED,
        "sms_inbound_stop_optouttype.form": stopped("+12025550143"),
        "status_failed_21610.form": NOTHING,
    },
    "sms_short_code/africastalking": {
        "delivery_report.form": NOTHING,
        "sms_bulk_optout.form": stopped("+254711000101"),
        "sms_inbound_join.form": ASKED,
        "sms_subscription_addition.form": ASKED,
        "sms_subscription_deletion.form": (["stop"], "+254711000101", [], 1, BOTH),
    },
    "sms_short_code/vonage": {"messages_inbound.json": ASKED, "sms_inbound_sha256.json": LEFT_ALONE},
    "sms_short_code/infobip": {
        "delivery_report.json": NOTHING,
        "sms_mo.json": ASKED,
        "sms_mo_stop_keyword.json": stopped("+254711000101", 1),
    },
    "sms_short_code/plivo": {"mo.form": ASKED, "status.form": NOTHING},
    "sms_short_code/messagebird": {
        "shortcode.form": stopped("+31612345678", 1),
        "sms_inbound.form": ASKED,
    },
    "sms_short_code/clickatell": {
        "sms_inbound.json": ASKED,
        "sms_stop_utf16.json": stopped("+27820000101", 1),
    },
    "sms_short_code/kannel": {
        "mo.query": ASKED,
        "mo_stop_national_zeros.query": stopped("+2348030000101", 1),
    },
    **{
        f"click_to_whatsapp_ad/{provider}": {f"inbound_ctwa_referral.{ending}": (["asklater"], None, BOTH, 0)}
        for provider, ending in (
            ("turn", "json"), ("whatsapp_cloud", "json"), ("dialog360", "json"), ("twilio", "form"),
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", ["whatsapp_thread", "sms_short_code", "click_to_whatsapp_ad"])
def test_each_recording_leads_to_what_it_says_and_to_nothing_else(kind, clinic, time_machine):
    time_machine.move_to(RECORDED_AT)
    for provider in registry.KINDS[kind].providers:
        if (kind, provider) == ("whatsapp_thread", "turn"):
            continue  # it has tests of its own
        channel = CaptureChannel.objects.select_related("organisation", "sender").get(
            organisation=clinic.organisation, kind=kind, provider=provider
        )
        paths = {path.name: path for path in names(kind, provider)}
        assert set(paths) == set(EXPECTED[f"{kind}/{provider}"])
        for name, expected in EXPECTED[f"{kind}/{provider}"].items():
            mark = transaction.savepoint()
            assert recorded(channel, paths[name]).send(clinic.client).status_code == 200
            assert seen(channel, *expected[4:]) == expected[:4], f"{kind}/{provider}/{name}"
            transaction.savepoint_rollback(mark)


def seen(channel, stopped=(None,)):
    """What there is now, in the words of the table; each act proved, with its evidence."""
    events = list(ConsentEvent.objects.select_related("purpose"))
    assert all((e.kind, e.proved, e.reason) == ("withdrawn", True, "stop_word") for e in events)
    assert [e.purpose and e.purpose.key for e in events] in ([], list(stopped))
    assert ConsentRecord.objects.exclude(stop=None).count() == (
        len(events) if list(stopped) != [None] else len(events) * 2
    )
    for evidence in Evidence.objects.filter(part="act"):
        check_evidence(channel, evidence.payload)
    questions = ConsentRequest.objects.all()
    who = [event.contact.identifiers.order_by("pk").first() for event in events]
    return (
        list(InboundMessage.objects.order_by("pk").values_list("outcome", flat=True)),
        who[0].value if who else None,
        [purpose.key for question in questions for purpose in question.purposes.all()],
        OutboundMessage.objects.count(),
    )


def check_evidence(channel, payload):
    adapter = registry.adapter_of(channel)
    assert payload["verified"] == adapter.scheme
    assert ("unsigned source" in payload["verified"]) == adapter.has_own_address
    assert ("not that it is on WhatsApp" in payload["proves"]) == (channel.kind == "sms_short_code")
    assert payload["message"]
    assert "sent_at" in payload
