"""System checks: what is wrong with the configuration, and what to do."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from optins.consent import signing


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


@register(Tags.security)
def signing_keys_are_usable(**_: Any) -> list[CheckMessage]:
    problems: list[CheckMessage] = []
    try:
        usable = bool(signing.private_keys(tuple(settings.SIGNING_KEYS)))
    except ValueError:
        usable = False
    if not usable:
        hint = 'Write it as "name:seed", the seed of 64 hex digits, the newest first, each name once.'
        problems.append(
            Error("SIGNING_KEYS holds no usable key, or one that is not.", hint=hint, id="sayso.E003")
        )
    try:
        signing.retired_keys(tuple(settings.RETIRED_PUBLIC_KEYS))
    except ValueError:
        hint = 'Write them as "name:public key", the key of 64 hex digits, each name once.'
        problems.append(Error("RETIRED_PUBLIC_KEYS holds what is no public key.", hint=hint, id="sayso.E004"))
    return problems


@register(Tags.security, deploy=True)
def heads_are_exported(**_: Any) -> list[CheckMessage]:
    if settings.HEADS_FOLDER or settings.HEADS_WEBHOOK:
        return []
    return [
        Warning(
            "Neither HEADS_FOLDER nor HEADS_WEBHOOK is set: a ledger that was cut off would not be noticed.",
            hint="Let heads go where the database's administrators cannot change them: docs/proof.md.",
            id="sayso.W003",
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
