"""The demo's secrets: derived from one random key that is made once under ``var/``."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

VAR_DIR = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent / "var")


def _root() -> bytes:
    path = VAR_DIR / "demo.key"
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    try:
        # Exclusive creation: two processes that start together agree on one key.
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return bytes.fromhex(path.read_text())


def derive(name: str) -> str:
    """A secret of 64 hex digits for one use; the same on each call for the same ``var/``."""
    return hmac.new(_root(), name.encode(), hashlib.sha256).hexdigest()
