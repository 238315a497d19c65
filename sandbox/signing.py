"""Signing a webhook as its provider does, by the providers' own descriptions: no code of the portal's."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Post:
    """One webhook: where to, what, and with which headers."""

    url: str
    body: bytes
    headers: dict[str, str]

    def with_headers(self, **more: str) -> "Post":
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return replace(self, headers={**self.headers, **named})

    @property
    def pairs(self) -> list[tuple[str, str]]:
        return sorted(parse_qsl(self.body.decode(), keep_blank_values=True))


def signed(scheme: str, post: Post, secret: str) -> Post:
    """The same with what proves it; where a provider signs nothing, its address is the secret."""
    return SCHEMES[scheme](post, secret) if scheme else post


def _hmac(secret: str, text: bytes | str, name: str = "sha256") -> bytes:
    return hmac.digest(secret.encode(), text if isinstance(text, bytes) else text.encode(), name)


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _turn(post: Post, secret: str) -> Post:
    signature = _b64(_hmac(secret, post.body))
    return post.with_headers(X_Turn_Hook_Signature=signature, X_Turn_Hook_Subscription="whatsapp")


def _meta(post: Post, secret: str) -> Post:
    return post.with_headers(X_Hub_Signature_256=f"sha256={_hmac(secret, post.body).hex()}")


def _telegram(post: Post, secret: str) -> Post:
    return post.with_headers(X_Telegram_Bot_Api_Secret_Token=secret)


def _twilio(post: Post, secret: str) -> Post:
    text = post.url + "".join(name + value for name, value in post.pairs)
    return post.with_headers(X_Twilio_Signature=_b64(_hmac(secret, text, "sha1")))


def _plivo(post: Post, secret: str) -> Post:
    nonce = str(time.time_ns())
    text = f"{post.url}?{''.join(name + value for name, value in post.pairs)}.{nonce}"
    return post.with_headers(X_Plivo_Signature_V3=_b64(_hmac(secret, text)), X_Plivo_Signature_V3_Nonce=nonce)


def _vonage_sms(post: Post, secret: str) -> Post:
    fields = {name: str(value) for name, value in json.loads(post.body).items() if name != "sig"}
    plain = str.maketrans("&=", "__")
    text = "".join(f"&{name}={value.translate(plain)}" for name, value in sorted(fields.items()))
    return replace(post, body=json.dumps({**fields, "sig": _hmac(secret, text).hex()}).encode())


def _jwt(claims: dict[str, object], secret: str) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    text = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    return f"{text}.{base64.urlsafe_b64encode(_hmac(secret, text)).decode().rstrip('=')}"


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _vonage_jwt(post: Post, secret: str) -> Post:
    claims: dict[str, object] = {"iat": int(time.time()), "payload_hash": _sha256(post.body)}
    return post.with_headers(Authorization=f"Bearer {_jwt(claims, secret)}")


def _messagebird(post: Post, secret: str) -> Post:
    now = int(time.time())
    claims: dict[str, object] = {
        "iss": "MessageBird",
        "nbf": now - 1,
        "exp": now + 60,
        "jti": str(time.time_ns()),
    }
    claims |= {"url_hash": _sha256(post.url.encode()), "payload_hash": _sha256(post.body)}
    return post.with_headers(MessageBird_Signature_JWT=_jwt(claims, secret))


SCHEMES: dict[str, Callable[[Post, str], Post]] = {
    "turn": _turn,
    "meta": _meta,
    "telegram": _telegram,
    "twilio": _twilio,
    "plivo": _plivo,
    "vonage_sms": _vonage_sms,
    "vonage_jwt": _vonage_jwt,
    "messagebird": _messagebird,
}
