"""The demo's channels: one of each kind, and of each provider that a kind has."""

import hmac
from typing import Any

from django.conf import settings

from channels_capture import registry, seed_senders
from optins.models import (
    CaptureChannel,
    Notice,
    Organisation,
    Purpose,
    Sender,
)

# How kinds are called in slugs, where that is not their own name.
SHORT_NAMES = {
    "whatsapp_thread": "whatsapp",
    "sms_short_code": "sms",
    "click_to_whatsapp_ad": "ad",
    "messenger_bot": "bot",
    "qr_code": "qr",
}


def channels(
    organisation: Organisation, notice: Notice, sender: Sender, purposes: list[Purpose]
) -> tuple[CaptureChannel, ...]:
    """Make those that are missing; in the order in which the demo tells of them."""
    ask = CaptureChannel.AskNumber
    rows: tuple[dict[str, Any], ...] = (
        {"slug": "riverside-web", "name": "Website", "kind": "website", "ask_number": ask.REQUIRED},
        {"slug": "riverside-tap", "name": "Website, without a number", "kind": "website"},
        {
            "slug": "riverside-whatsapp",
            "name": "WhatsApp",
            "kind": "whatsapp_thread",
            "provider": "turn",
            "join_words": ["JOIN", "HI CLINIC"],
            "secret": settings.DEMO_SECRETS["hook-riverside-whatsapp"],
        },
        {"slug": "riverside-transaction", "name": "Transaction", "kind": "transaction"},
        {"slug": "riverside-qr", "name": "QR code", "kind": "qr_code"},
        *_of_every_provider(sender, seed_senders.sms(organisation), seed_senders.bots(organisation)),
        *_at_desks(),
    )
    common = {"organisation": organisation, "notice": notice, "sender": sender}
    slugs = [row["slug"] for row in rows]
    there = CaptureChannel.objects.in_bulk(slugs, field_name="slug")
    for row in rows:
        if row["slug"] not in there:
            channel = there[row["slug"]] = CaptureChannel.objects.create(**{**common, **row})
            channel.purposes.set(purposes)
    return tuple(there[slug] for slug in slugs)


def _of_every_provider(
    whatsapp: Sender, sms: dict[str, Sender], bots: dict[str, Sender]
) -> list[dict[str, Any]]:
    """One channel for each kind and provider that the others leave; the same number answers them all."""
    rows = []
    for kind, of_kind in registry.KINDS.items():
        for provider in of_kind.providers:
            if (kind, provider) == ("whatsapp_thread", "turn"):
                continue
            short = SHORT_NAMES.get(kind, kind.replace("_", "-"))
            slug = f"riverside-{short}-{provider.removeprefix('whatsapp_').replace('_', '-')}"
            rows.append(
                {
                    "slug": slug,
                    "name": f"{of_kind.label}, {provider}",
                    "kind": kind,
                    "provider": provider,
                    "sender": sms[provider] if kind == "sms_short_code" else whatsapp,
                    "bot": bots[provider] if kind == "messenger_bot" else None,
                    "join_words": ["JOIN", "HI CLINIC"],
                    "secret": _hook_secret(slug),
                }
            )
    return rows


def _at_desks() -> list[dict[str, Any]]:
    """One channel for each kind that staff collect by."""
    kinds = {kind: of_kind for kind, of_kind in registry.KINDS.items() if of_kind.desk}
    return [
        {
            "slug": f"riverside-{kind.replace('_', '-')}",
            "name": of_kind.label,
            "kind": kind,
            "ask_number": CaptureChannel.AskNumber.OPTIONAL,
        }
        for kind, of_kind in kinds.items()
    ]


def _hook_secret(slug: str) -> str:
    key = settings.DEMO_SECRETS["hooks"].encode()
    return hmac.new(key, slug.encode(), "sha256").hexdigest()
