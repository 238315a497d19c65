"""What each recording leads to."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from channels_capture.messenger_bot.tests.bots import BOTH, bot_of
from optins.consent import wording
from optins.models import (
    ConsentEvent,
    ConsentRequest,
    Contact,
    InboundMessage,
    OutboundMessage,
)
from tests.channels.recordings import names, recorded

RECORDED_AT = datetime(2026, 11, 20, 9, 20, 5, tzinfo=UTC)

# By recording: its outcome, and the purposes that the bot then asks about.
EXPECTED = {
    "messenger": {
        "optin_checkbox_user_ref.json": (["wish"], BOTH),
        "optin_notification_messages.json": (["wish"], BOTH),
        "quick_reply.json": (["left_alone"], []),  # of the organisation's own bot
        "referral_mme.json": (["wish"], BOTH),
        "text.json": (["left_alone"], []),  # "YES", and nothing was asked
    },
    "telegram": {
        "button_tapped.json": (["left_alone"], []),
        "contact_shared_own.json": (["number"], BOTH),
        "my_chat_member_blocked.json": (["blocked"], []),
        "start_deeplink.json": (["wish"], BOTH),
    },
}


@pytest.mark.once
def test_each_recording_leads_to_what_it_says_and_to_no_consent(clinic, time_machine):
    time_machine.move_to(RECORDED_AT)
    for provider, expected in EXPECTED.items():
        channel = bot_of(clinic, provider)
        paths = {path.name: path for path in names("messenger_bot", provider)}
        assert set(paths) == set(expected)
        for name, (outcomes, asked) in expected.items():
            mark = transaction.savepoint()
            assert recorded(channel, paths[name]).send(clinic.client).status_code == 200
            assert list(InboundMessage.objects.values_list("outcome", flat=True)) == outcomes, name
            questions = ConsentRequest.objects.all()
            assert [p.key for question in questions for p in question.purposes.all()] == asked, name
            shown = wording.translation(channel.notice, "en")
            said = list(OutboundMessage.objects.all())
            assert [message.sender for message in said] == [channel.bot] * (1 if asked else 0), name
            assert all(message.text.startswith(shown.body) for message in said)
            assert not ConsentEvent.objects.exists()
            assert not Contact.objects.exists()
            transaction.savepoint_rollback(mark)
