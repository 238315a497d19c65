"""One function per signature scheme. Each compares in constant time, and an empty secret refuses.

``url`` is the address as the provider called it, query and all; ``form`` the fields of a form post, decoded.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils.crypto import constant_time_compare

Form = Iterable[tuple[str, str]]
# Vendors repeat a webhook for days; how long ids are kept, so that an older one would count twice, is longer.
OLDEST = timedelta(days=8)
_AHEAD = timedelta(minutes=5)  # how much a vendor's clock may be ahead of ours


def _digest(secret: str, signed: bytes, hash_name: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), signed, hash_name).digest()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def hmac_sha256_base64(body: bytes, secret: str, signature: str) -> bool:
    """Turn.io: ``base64(HMAC-SHA256(secret, raw body))``."""
    if not secret or not signature:
        return False
    return constant_time_compare(_base64(_digest(secret, body)), signature)


def hub_sha256(body: bytes, secret: str, signature: str) -> bool:
    """Meta, ``X-Hub-Signature-256``: ``"sha256=" + hex(HMAC-SHA256(app secret, raw body))``."""
    if not secret or not signature:
        return False
    return constant_time_compare(f"sha256={_digest(secret, body).hex()}", signature)


def twilio(url: str, body: bytes, form: Form | None, secret: str, signature: str, settings: str = "") -> bool:
    """Twilio, ``X-Twilio-Signature``: base64 of an HMAC over the address and the sorted, distinct fields.

    ``form`` is None for a JSON post, whose address carries ``bodySHA256``. ``settings`` is the header
    ``X-Twilio-Webhooks-Signature-Settings``, which names the algorithm of a SharedKey; without it, SHA-1.
    """
    hash_name = _twilio_hash(settings)
    if not secret or not signature or not hash_name:
        return False
    stated = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
    if stated or form is None:
        actual = hashlib.sha256(body).hexdigest()
        if not stated or not constant_time_compare(actual, stated.lower()):
            return False
        form = ()
    fields = "".join(name + value for name, value in sorted(set(form)))
    expected = [_base64(_digest(secret, f"{each}{fields}".encode(), hash_name)) for each in _ports(url)]
    return any(constant_time_compare(each, signature) for each in expected)


def _twilio_hash(settings: str) -> str:
    parts = (part.partition("=") for part in settings.split(","))
    named = {name.strip(): value.strip().upper() for name, _, value in parts}
    return {"": "sha1", "HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}.get(named.get("algorithm", ""), "")


def _ports(url: str) -> list[str]:
    """The address as it is, with its usual port and without any: which one is signed differs."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2].removesuffix(f":{parts.port}")
    usual = 443 if parts.scheme == "https" else 80
    netlocs = (host, f"{host}:{parts.port or usual}")
    return list(dict.fromkeys([url, *(parts._replace(netloc=each).geturl() for each in netlocs)]))


def plivo_v3(url: str, form: Form, secret: str, signatures: str, nonce: str, method: str = "POST") -> bool:
    """Plivo, ``X-Plivo-Signature-V3`` (a comma-separated list, any may match) with its nonce."""
    if not secret or not signatures or not nonce:
        return False
    parts = urlsplit(url)
    query, fields = _by_name(url), sorted(form)
    posted = "".join(name + value for name, value in fields)
    shown = "&".join(f"{name}={value}" for name, value in query)
    signed = parts._replace(query="", fragment="").geturl()
    if method == "POST":
        signed += (f"?{shown}" if shown or posted else "") + ("." if shown and posted else "") + posted
    else:
        signed += f"?{shown}" if shown else ""
    expected = _base64(_digest(secret, f"{signed}.{nonce}".encode()))
    return any(constant_time_compare(expected, each.strip()) for each in signatures.split(","))


def _by_name(url: str) -> list[tuple[str, str]]:
    found = parse_qs(urlsplit(url).query, keep_blank_values=True)
    return sorted((name, value) for name, values in found.items() for value in values)


def vonage_sms(fields: Mapping[str, str], secret: str, now: datetime) -> bool:
    """Vonage's SMS API: the field ``sig`` is the hex HMAC-SHA-256 or -512 over all the others, sorted.

    Its other methods (MD5, SHA-1) are refused. The time that is signed with them may not be too old.
    """
    signature = fields.get("sig", "").lower()
    hash_name = {64: "sha256", 128: "sha512"}.get(len(signature))
    if not secret or not hash_name or not _is_recent(fields.get("timestamp", ""), now):
        return False
    others = sorted((name, value) for name, value in fields.items() if name != "sig")
    signed = "".join(f"&{name}={value.translate(_VONAGE)}" for name, value in others)
    return constant_time_compare(_digest(secret, signed.encode(), hash_name).hex(), signature)


_VONAGE = str.maketrans("&=", "__")


def vonage_jwt(token: str, body: bytes, secret: str, now: datetime) -> bool:
    """Vonage's Messages API: ``Authorization: Bearer``, an HS256 JWT with the hash of the body in it."""
    claims = _claims(token, secret, {"HS256": "sha256"})
    if claims is None or not _is_recent(claims.get("iat"), now) or not _is_valid_at(claims, now):
        return False
    return _matches(claims.get("payload_hash"), body)


def messagebird_jwt(token: str, url: str, body: bytes, secret: str, now: datetime) -> bool:
    """MessageBird, ``MessageBird-Signature-JWT``: hashes of the address and the body, and until when."""
    algorithms = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
    claims = _claims(token, secret, algorithms)
    if claims is None or claims.get("iss") != "MessageBird" or not {"exp", "nbf"} <= set(claims):
        return False
    is_of_body = _matches(claims.get("payload_hash"), body) if body else not claims.get("payload_hash")
    return _is_valid_at(claims, now) and _matches(claims.get("url_hash"), url.encode()) and is_of_body


def _claims(token: str, secret: str, algorithms: Mapping[str, str]) -> dict[str, Any] | None:
    """What a JWT (RFC 7519) says, if it is signed with this secret by one of these algorithms."""
    parts = token.split(".")
    if not secret or len(parts) != 3 or not token.isascii():
        return None
    try:
        header, claims, signature = (
            base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts
        )
        named, said = json.loads(header), json.loads(claims)
    except (ValueError, RecursionError):
        return None
    hash_name = algorithms.get(str(named.get("alg"))) if isinstance(named, dict) else None
    if hash_name is None or not isinstance(said, dict):
        return None
    expected = _digest(secret, ".".join(parts[:2]).encode(), hash_name)
    return said if hmac.compare_digest(expected, signature) else None


def _is_valid_at(claims: Mapping[str, Any], now: datetime) -> bool:
    """Whether it holds now; a claim that it lacks forbids nothing."""
    not_before, until = claims.get("nbf", now.timestamp()), claims.get("exp", now.timestamp() + 1)
    if not all(isinstance(each, int | float) for each in (not_before, until)):
        return False
    return bool(not_before <= now.timestamp() + _AHEAD.total_seconds() and now.timestamp() < until)


def _is_recent(stated: Any, now: datetime) -> bool:
    """Whether this unix time is of the last days: what is older was recorded long ago, or never ours."""
    try:
        age = now.timestamp() - float(stated)
    except (TypeError, ValueError, OverflowError):
        return False
    return -_AHEAD.total_seconds() <= age <= OLDEST.total_seconds()


def _matches(stated: Any, signed: bytes) -> bool:
    return isinstance(stated, str) and constant_time_compare(hashlib.sha256(signed).hexdigest(), stated)


def bare_token(secret: str, token: str) -> bool:
    """Telegram, ``X-Telegram-Bot-Api-Secret-Token``: the secret itself, which proves who, not what."""
    return bool(secret) and constant_time_compare(secret, token)


# Our own, for providers that sign nothing


def address_key(public_id: str, secret: str) -> str:
    """The last part of a callback address that only whoever was given it can know."""
    if not secret:
        return ""
    made = base64.urlsafe_b64encode(_digest(secret, f"callback address of {public_id}".encode()))
    return made.decode()[:32]


def own_address(public_id: str, secret: str, key: str) -> bool:
    """Whether the request came to the channel's own secret address."""
    expected = address_key(public_id, secret)
    return bool(expected) and constant_time_compare(expected, key)


def verify_token(public_id: str, secret: str, token: str) -> bool:
    """Whether a handshake names the channel's own token, or the secret that it comes from."""
    if not secret or not token:
        return False
    return own_address(public_id, secret, token) or constant_time_compare(secret, token)
