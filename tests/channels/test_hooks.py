"""The one webhook view: who may call it how, and what staff are told to enter at the provider."""

import re
from urllib.parse import urlencode

import pytest

from channels_capture import registry, signatures
from optins.models import CaptureChannel, InboundDelivery
from tests.channels.recordings import BODIES, signed
from tests.channels.writing import channel_of

pytestmark = pytest.mark.once

CHALLENGE = {"hub.mode": "subscribe", "hub.challenge": "1158201444"}


def test_meta_is_answered_its_challenge_and_nobody_else_is(clinic):
    channel = channel_of(clinic, "whatsapp_thread", "whatsapp_cloud")
    token = signatures.address_key(channel.public_id, channel.secret)

    def ask(**asked):
        return clinic.client.get(f"/hooks/{channel.public_id}/?{urlencode(CHALLENGE | asked)}")

    answer = ask(**{"hub.verify_token": token})
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert ask(**{"hub.verify_token": "wrong"}).status_code == 403
    assert clinic.client.get(f"/hooks/{channel.public_id}/").status_code == 403
    CaptureChannel.objects.filter(pk=channel.pk).update(secret="")
    assert ask(**{"hub.verify_token": ""}).status_code == 403


def test_only_who_sends_by_get_may_and_its_query_is_kept_as_what_it_said(clinic):
    query = urlencode({"sender": "+27820000101", "message": "STOP", "id": "k1"})
    for (kind, provider), status in {
        ("sms_short_code", "kannel"): 200,
        ("sms_short_code", "messagebird"): 401,
        ("sms_short_code", "twilio"): 405,
        ("whatsapp_thread", "dialog360"): 405,
    }.items():
        address = registry.hook_address(channel_of(clinic, kind, provider))
        assert clinic.client.get(f"{address}?{query}").status_code == status, provider
    [delivery] = InboundDelivery.objects.all()
    assert bytes(delivery.body).decode() == query
    assert clinic.events() == [("withdrawn", None, True)]


def test_a_signature_is_of_the_public_address_whatever_the_host_header_says(clinic, settings):
    settings.PUBLIC_URL = "https://optin.example.org"
    post = signed(channel_of(clinic, "sms_short_code", "twilio"), b"Body=hi", BODIES[".form"], {})
    headers = {**post.headers, "Host": "127.0.0.1"}
    sent = clinic.client.post(post.path, post.body, content_type=post.content_type, headers=headers)
    assert sent.status_code == 200


def test_staff_see_address_and_verify_token_and_that_an_unsigned_address_is_a_secret(clinic, manager, staff):
    for (kind, provider), words in {
        ("whatsapp_thread", "whatsapp_cloud"): "Verify token",
        ("whatsapp_thread", "dialog360"): "This provider signs nothing",
        ("sms_short_code", "twilio"): "What is not signed with it",
    }.items():
        channel = channel_of(clinic, kind, provider)
        page = manager.get(f"/admin/optins/capturechannel/{channel.pk}/change/").content.decode()
        assert words in page
        assert registry.hook_address(channel) in page
        assert not re.search(re.escape(channel.secret), page)
    # A secret that only makes the address need not be thought of.
    unset = channel_of(clinic, "sms_short_code", "kannel")
    CaptureChannel.objects.filter(pk=unset.pk).update(secret="")
    form = manager.get(f"/admin/optins/capturechannel/{unset.pk}/change/").context["adminform"].form
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    values |= {"join_words": "", "purposes": [p.pk for p in clinic.purposes.values()]}
    assert manager.post(f"/admin/optins/capturechannel/{unset.pk}/change/", values).status_code == 302
    assert len(channel_of(clinic, "sms_short_code", "kannel").secret) > 32
    # To know an unsigned address is to be able to write in anybody's name.
    for kind, provider in (("whatsapp_thread", "dialog360"), ("whatsapp_thread", "whatsapp_cloud")):
        channel = channel_of(clinic, kind, provider)
        page = staff("viewer").get(f"/admin/optins/capturechannel/{channel.pk}/change/").content.decode()
        assert "Its webhook" in page
        assert signatures.address_key(channel.public_id, channel.secret) not in page
