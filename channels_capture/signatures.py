"""One function per signature scheme. Each compares in constant time, and an empty secret refuses."""

import base64
import hashlib
import hmac

from django.utils.crypto import constant_time_compare


def hmac_sha256_base64(body: bytes, secret: str, signature: str) -> bool:
    """Turn.io: ``base64(HMAC-SHA256(secret, raw body))``."""
    if not secret or not signature:
        return False
    expected = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return constant_time_compare(expected, signature)
