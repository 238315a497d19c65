"""Each signature scheme: against the vendors' own libraries, the recorded signatures, and forgeries."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from channels_capture import registry, signatures
from channels_capture.base import Incoming
from tests.channels.recordings import BODIES, headers_of, jwt, names, signature_of

pytestmark = pytest.mark.once

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text())
NOW = datetime.fromtimestamp(VECTORS["now"], UTC)
KEY, OTHER = VECTORS["secret"], "another"


def adapter(kind, provider):
    return registry.KINDS[kind].providers[provider]


def incoming(url, body, headers, method="POST", at=NOW):
    query = url.partition("?")[2].encode()
    return Incoming(method, url, query, body, headers, "public-id", at)


def of_twilio(vector):
    headers = {"Content-Type": BODIES[".form"], "X-Twilio-Signature": vector["signature"]}
    headers["X-Twilio-Webhooks-Signature-Settings"] = vector["settings"]
    return adapter("sms_short_code", "twilio"), vector["url"], urlencode(vector["form"]), headers


def of_plivo(vector):
    headers = {"X-Plivo-Signature-V3": vector["signature"], "X-Plivo-Signature-V3-Nonce": vector["nonce"]}
    return adapter("sms_short_code", "plivo"), vector["url"], urlencode(vector["form"]), headers


def of_messagebird(vector):
    headers = {"MessageBird-Signature-JWT": vector["signature"]}
    return adapter("sms_short_code", "messagebird"), vector["url"], vector["body"], headers


def of_vonage(vector):
    headers = {"Authorization": f"Bearer {vector['signature']}"}
    return adapter("sms_short_code", "vonage"), "https://optin.example.org/", vector["body"], headers


@pytest.mark.parametrize("vendor", [of_twilio, of_plivo, of_messagebird, of_vonage])
def test_what_a_vendors_own_library_signed_is_genuine_and_with_any_change_it_is_not(vendor):
    vectors = VECTORS[vendor.__name__.removeprefix("of_")]
    assert len(vectors) == 24
    for vector in vectors:
        verifier, url, body, headers = vendor(vector)
        request = incoming(url, body.encode(), headers)
        assert verifier.verify(request, KEY), vector
        assert not verifier.verify(request, OTHER)
        assert not verifier.verify(request, "")
        assert not verifier.verify(replace(request, body=request.body + b"1"), KEY)
        if "url" in vector:
            assert not verifier.verify(replace(request, url=f"{url}x"), KEY)
        for name in headers:
            kept = {key: value for key, value in headers.items() if key != name}
            is_proof = name not in ("Content-Type", "X-Twilio-Webhooks-Signature-Settings")
            assert not (is_proof and verifier.verify(replace(request, headers=kept), KEY))


def test_each_recorded_signature_is_genuine_at_its_own_address():
    seen = 0
    for kind, found in registry.KINDS.items():
        for provider, verifier in found.providers.items():
            for path in names(kind, provider):
                if not path.with_suffix(".sig.json").exists():
                    continue
                how = signature_of(path)
                headers = {"Content-Type": BODIES[path.suffix], **headers_of(path)}
                at = datetime(2026, 11, 20, 9, 20, tzinfo=UTC)
                request = incoming(how["url"], path.read_bytes(), headers, at=at)
                assert verifier.verify(request, how["secret"]), path
                assert not verifier.verify(request, how["secret"][:-1]), path
                seen += 1
    assert seen >= 35


def test_an_algorithm_that_nobody_offers_is_refused():
    claims = {
        "iat": VECTORS["now"],
        "payload_hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }
    good = jwt(claims, KEY)
    assert signatures.vonage_jwt(good, b"", KEY, NOW)
    header, payload, signature = good.split(".")
    none = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    hs512 = "eyJhbGciOiJIUzUxMiJ9"  # {"alg":"HS512"}
    for wrong in (
        f"{none}.{payload}.", f"{none}.{payload}.{signature}", f"{hs512}.{payload}.{signature}",
        f"{header}.{payload}", f"{header}.{payload}.{signature}.", f"e30.{payload}.{signature}",
        f"{header}.bnVsbA.{signature}", "..", "é.é.é", "W10.W10.W10", "", good[:-4],
    ):  # fmt: skip
        assert not signatures.vonage_jwt(wrong, b"", KEY, NOW), wrong


def test_what_was_signed_long_ago_or_far_ahead_is_refused():
    token = jwt({"iat": VECTORS["now"], "payload_hash": ""}, KEY)
    assert not signatures.vonage_jwt(token, b"", KEY, NOW + timedelta(days=9))
    old = {"text": "STOP", "timestamp": str(VECTORS["now"])}
    signed = "".join(f"&{name}={value}" for name, value in sorted(old.items()))
    sig = signatures._digest(KEY, signed.encode()).hex()
    for days, expected in ((0, True), (7, True), (9, False), (-1, False)):
        fields = {**old, "sig": sig.upper()}
        assert signatures.vonage_sms(fields, KEY, NOW + timedelta(days=days)) is expected
    for stamp in ("", "nan", "inf", "soon"):
        assert not signatures.vonage_sms({**old, "timestamp": stamp, "sig": sig}, KEY, NOW)
    # MD5 and SHA-1, which an account may be set to, are refused for their length.
    assert not any(signatures.vonage_sms({**old, "sig": "0" * n}, KEY, NOW) for n in (32, 40, 64))


def test_a_json_post_of_twilio_is_bound_by_the_hash_in_its_address():
    body = b'{"a": 1}'
    bare = "https://optin.example.org/hooks/abc/"
    for url in (bare, f"{bare}?bodySHA256=", f"{bare}?bodySHA256={'0' * 64}"):
        signature = signatures._base64(signatures._digest(KEY, url.encode(), "sha1"))
        assert not signatures.twilio(url, body, None, KEY, signature)
    assert not signatures.twilio(bare, b"", (), KEY, "x", "algorithm=HMAC_MD5")


@pytest.mark.parametrize("port", ["", ":443", ":8443"])
def test_twilio_may_sign_the_address_with_its_port_or_without(port):
    with_port, without = "https://optin.example.org:443/x?y=1", "https://optin.example.org/x?y=1"
    signature = signatures._base64(signatures._digest(KEY, f"{with_port}a1".encode(), "sha1"))
    url = without.replace(".org", f".org{port}")
    assert signatures.twilio(url, b"a=1", [("a", "1")], KEY, signature) is (port != ":8443")


def test_a_callback_address_is_the_channels_own_and_goes_with_its_secret():
    key = signatures.address_key("one", KEY)
    assert len(key) == 32
    assert signatures.own_address("one", KEY, key)
    for public_id, secret in (("two", KEY), ("one", OTHER), ("one", "")):
        assert not signatures.own_address(public_id, secret, key)
    assert not signatures.own_address("one", "", "")


def test_the_handshake_wants_the_channels_token_and_answers_the_challenge_alone():
    meta = adapter("whatsapp_thread", "whatsapp_cloud")
    token = signatures.address_key("public-id", KEY)

    def shake(secret=KEY, **asked):
        query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token}
        url = f"https://optin.example.org/?{urlencode({**query, **asked})}"
        return meta.handshake(incoming(url, b"", {}, "GET"), secret)

    assert shake().body == "1158201444"
    assert shake(**{"hub.verify_token": KEY}).body == "1158201444"
    for wrong in ({"hub.verify_token": "x"}, {"hub.mode": "x"}, {"hub.challenge": ""}, {"secret": ""}):
        assert shake(**wrong) is None
