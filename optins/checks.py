"""System checks: what is wrong with the configuration, and what to do."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security)
def encryption_keys_are_usable(**_: Any) -> list[CheckMessage]:
    try:
        keys = [Fernet(key) for key in settings.ENCRYPTION_KEYS]
    except ValueError:
        keys = []
    if keys:
        return []
    return [
        Error(
            "ENCRYPTION_KEYS holds no usable key.",
            hint="Make one: python -c 'from cryptography.fernet import Fernet as F; print(F.generate_key())'",
            id="sayso.E001",
        )
    ]


@register(Tags.security)
def ledger_keys_are_usable(**_: Any) -> list[CheckMessage]:
    pairs = [key.partition(":") for key in settings.LEDGER_MAC_KEYS]
    if pairs and all(name and len(secret) >= 32 for name, _colon, secret in pairs):
        return []
    return [
        Error(
            "LEDGER_MAC_KEYS holds no usable key.",
            hint='Write it as "name:secret", the secret of 32 characters or more, the newest first.',
            id="sayso.E002",
        )
    ]


@register(Tags.security, deploy=True)
def public_url_is_encrypted(**_: Any) -> list[CheckMessage]:
    if settings.SECURE:
        return []
    return [
        Warning(
            "PUBLIC_URL does not begin with https://.",
            hint="People type their numbers there.",
            id="sayso.W001",
        )
    ]


@register(Tags.security, deploy=True)
def second_factor_is_on(**_: Any) -> list[CheckMessage]:
    if settings.SECOND_FACTOR:
        return []
    return [
        Warning(
            "SECOND_FACTOR is off: a password alone opens the admin.",
            hint="Leave it unset, or set it to true.",
            id="sayso.W002",
        )
    ]
