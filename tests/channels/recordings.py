"""The recorded webhooks of every kind and provider, and signing them as the provider would."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings

from channels_capture import registry
from optins.models import CaptureChannel

ROOT = Path(registry.__file__).parent
BODIES = {".json": "application/json", ".form": "application/x-www-form-urlencoded", ".query": ""}
Headers = dict[str, str]


@dataclass(frozen=True)
class Post:
    """One request: where to, what, and with which headers."""

    path: str
    body: bytes
    headers: Headers
    content_type: str = ""

    def send(self, client: Any) -> Any:
        return client.post(self.path, self.body, content_type=self.content_type, headers=self.headers)


def folder(kind: str, provider: str) -> Path:
    return ROOT / kind / "fixtures" / provider


def names(kind: str, provider: str) -> list[Path]:
    """The bodies recorded of one provider, in order."""
    paths = (path for path in folder(kind, provider).iterdir() if path.suffix in BODIES)
    return sorted(path for path in paths if not path.name.endswith(".sig.json"))


def headers_of(path: Path) -> Headers:
    """What was recorded beside a body, without what a test client says itself."""
    lines = path.with_suffix(".headers").read_text().splitlines()
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    headers.pop("Content-Type", None)
    return headers


def signature_of(path: Path) -> dict[str, str]:
    """How a recording was signed: its secret, its address and the signature."""
    return json.loads(path.with_suffix(".sig.json").read_bytes())


def recorded(channel: CaptureChannel, path: Path) -> Post:
    """The recording as its provider would send it to this channel, signed with this channel's secret."""
    return signed(channel, path.read_bytes(), BODIES[path.suffix], headers_of(path))


def signed(channel: CaptureChannel, body: bytes, content_type: str, headers: Headers) -> Post:
    url = registry.hook_address(channel)
    post = Post(url.removeprefix(settings.PUBLIC_URL), body, headers, content_type)
    if not content_type:
        post = replace(post, path=f"{post.path}?{body.decode()}", body=b"", content_type="text/plain")
    scheme = SCHEMES.get(f"{channel.kind}/{channel.provider}") or SCHEMES.get(channel.provider)
    return scheme(post, channel.secret) if scheme else post


def _hmac(secret: str, text: bytes | str, name: str = "sha256") -> bytes:
    return hmac.new(secret.encode(), text if isinstance(text, bytes) else text.encode(), name).digest()


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _with(post: Post, **headers: str) -> Post:
    return replace(post, headers={**post.headers, **{n.replace("_", "-"): v for n, v in headers.items()}})


def _turn(post: Post, secret: str) -> Post:
    return _with(post, X_Turn_Hook_Signature=_b64(_hmac(secret, post.body)))


def _meta(post: Post, secret: str) -> Post:
    return _with(post, X_Hub_Signature_256=f"sha256={_hmac(secret, post.body).hex()}")


def _twilio(post: Post, secret: str) -> Post:
    text = f"{settings.PUBLIC_URL}{post.path}"
    if "json" in post.content_type:
        post = replace(post, path=f"{post.path}?bodySHA256={hashlib.sha256(post.body).hexdigest()}")
        text = f"{settings.PUBLIC_URL}{post.path}"
    else:
        text += "".join(k + v for k, v in sorted(set(parse_qsl(post.body.decode(), keep_blank_values=True))))
    return _with(post, X_Twilio_Signature=_b64(_hmac(secret, text, "sha1")))


def _plivo(post: Post, secret: str) -> Post:
    fields = "".join(k + v for k, v in sorted(parse_qsl(post.body.decode(), keep_blank_values=True)))
    nonce = "05429567804466091622"
    text = f"{settings.PUBLIC_URL}{post.path}?{fields}.{nonce}"
    signature = f"AAAA,{_b64(_hmac(secret, text))}"
    return _with(post, X_Plivo_Signature_V3=signature, X_Plivo_Signature_V3_Nonce=nonce)


def jwt(claims: dict[str, Any], secret: str) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    text = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    return f"{text}.{base64.urlsafe_b64encode(_hmac(secret, text)).decode().rstrip('=')}"


def _vonage_jwt(post: Post, secret: str) -> Post:
    claims = {"iat": int(time.time()), "payload_hash": hashlib.sha256(post.body).hexdigest()}
    return _with(post, Authorization=f"Bearer {jwt(claims, secret)}")


def _vonage(post: Post, secret: str) -> Post:
    if "Authorization" in post.headers:
        return _vonage_jwt(post, secret)
    fields = {k: v for k, v in json.loads(post.body).items() if k != "sig"}
    fields |= {"timestamp": str(int(time.time()))} if "timestamp" in fields else {}
    text = "".join(f"&{k}={str(v).translate(str.maketrans('&=', '__'))}" for k, v in sorted(fields.items()))
    return replace(post, body=json.dumps({**fields, "sig": _hmac(secret, text).hex()}).encode())


def _messagebird(post: Post, secret: str) -> Post:
    url = f"{settings.PUBLIC_URL}{post.path}".encode()
    now = int(time.time())
    hashes = {"url_hash": hashlib.sha256(url), "payload_hash": hashlib.sha256(post.body)}
    claims = {"iss": "MessageBird", "nbf": now - 1, "exp": now + 60, "jti": "1"}
    claims |= {name: found.hexdigest() for name, found in hashes.items()}
    return replace(post, headers={**post.headers, "MessageBird-Signature-JWT": jwt(claims, secret)})


def _telegram(post: Post, secret: str) -> Post:
    return _with(post, X_Telegram_Bot_Api_Secret_Token=secret)


# What is not here signs nothing: its address is the secret.
SCHEMES: dict[str, Callable[[Post, str], Post]] = {
    "turn": _turn,
    "whatsapp_cloud": _meta,
    "twilio": _twilio,
    "plivo": _plivo,
    "vonage": _vonage,
    "ivr/vonage": _vonage_jwt,
    "messagebird": _messagebird,
    "messenger": _meta,
    "telegram": _telegram,
}
