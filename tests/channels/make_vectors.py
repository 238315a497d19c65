"""Makes ``vectors.json``: signatures by the vendors' own libraries, for ours to be checked against.

    uv run --no-project --with twilio --with plivo --with messagebird --with vonage-jwt \\
        python tests/channels/make_vectors.py
"""

import hashlib
import json
import random
from importlib.metadata import version
from pathlib import Path

import jwt
from messagebird.request_validator import RequestValidator as MessagebirdValidator
from plivo.utils import signature_v3
from twilio.request_validator import RequestValidator as TwilioValidator
from vonage_jwt import verify_signature

SECRET = "a secret of the vectors"
URLS = [
    "https://optin.example.org/hooks/abc/",
    "https://optin.example.org/hooks/abc/?b=2&a=1&a=0",
    "http://127.0.0.1:8000/hooks/abc/key/?org=Clinic%20One",
    "https://optin.example.org:8443/hooks/abc/?x=",
]
WORDS = ["", "JOIN clinic", "Ärzte & Co = 1", "إيقاف", "हाँ", "+27820000101", "a+b%20c", "🙂", "line\nbreak"]
NOW = 1_795_166_102
chance = random.Random(7)  # noqa: S311  the same vectors each time


def fields() -> dict[str, str]:
    names = chance.sample(
        ["Body", "From", "To", "MessageSid", "a", "A", "Zip", "empty"], chance.randint(1, 6)
    )
    return {name: chance.choice(WORDS) for name in names}


def twilio(url: str) -> dict[str, object]:
    form, name = fields(), chance.choice(["HMAC_SHA1", "HMAC_SHA256"])
    settings = f"key=webhooks_sharedkey_1,algorithm={name}" if name == "HMAC_SHA256" else ""
    signature = TwilioValidator(SECRET).compute_signature(url, form, name)
    return {"url": url, "form": form, "settings": settings, "signature": signature}


def plivo(url: str) -> dict[str, object]:
    form, nonce = fields(), str(chance.randrange(10**20))
    base = signature_v3.construct_post_url(url, dict(form)).decode()
    signature = signature_v3.get_signature_v3(SECRET.encode(), base, nonce).decode()
    assert signature_v3.validate_v3_signature("POST", url, nonce, SECRET, signature, dict(form))
    return {"url": url, "form": form, "nonce": nonce, "signature": signature}


def messagebird(url: str) -> dict[str, object]:
    body, name = chance.choice(WORDS), chance.choice(["HS256", "HS384", "HS512"])
    claims = {"iss": "MessageBird", "nbf": NOW - 10, "exp": 4_102_444_800, "jti": "1"}
    claims["url_hash"] = hashlib.sha256(url.encode()).hexdigest()
    if body:
        claims["payload_hash"] = hashlib.sha256(body.encode()).hexdigest()
    token = jwt.encode(claims, SECRET, algorithm=name)
    validator = MessagebirdValidator(SECRET)
    validator.validate_signature(token, url, body.encode())
    return {"url": url, "body": body, "signature": token}


def vonage(_url: str) -> dict[str, object]:
    body = chance.choice(WORDS)
    claims = {"iat": NOW, "iss": "Vonage", "payload_hash": hashlib.sha256(body.encode()).hexdigest()}
    token = jwt.encode(claims, SECRET, algorithm="HS256")
    assert verify_signature(token, SECRET)
    return {"body": body, "signature": token}


if __name__ == "__main__":
    made = {
        make.__name__: [make(url) for url in URLS for _ in range(6)]
        for make in (twilio, plivo, messagebird, vonage)
    }
    by = [f"{name} {version(name)}" for name in ("twilio", "plivo", "messagebird", "vonage-jwt")]
    found = {"by": by, "secret": SECRET, "now": NOW, **made}
    Path(__file__).with_name("vectors.json").write_text(
        json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    )
