"""The demo's organisation: Riverside Clinic, its wording, its channels. The same on each call."""

import hmac
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from channels_capture import placements, registry
from optins.consent import publishing, texts, wording_facts
from optins.models import (
    ApiKey,
    CaptureChannel,
    Membership,
    Notice,
    Organisation,
    Placement,
    Purpose,
    Sender,
    User,
)

LANGUAGES = ["en", "zu", "sw", "fr", "pt", "es", "ar", "hi", "id", "de"]
SCOPES = ["gate", "capture", "read"]
PURPOSES = (
    ("appointment-reminders", Purpose.Category.UTILITY),
    ("health-tips", Purpose.Category.MARKETING),
)
SENDER_NUMBER = "+27820000900"
SMS_NUMBER = "21512"
# How kinds are called in slugs, where that is not their own name.
SHORT_NAMES = {
    "whatsapp_thread": "whatsapp",
    "sms_short_code": "sms",
    "click_to_whatsapp_ad": "ad",
    "messenger_bot": "bot",
    "qr_code": "qr",
}


@dataclass(frozen=True, slots=True)
class Demo:
    """What was seeded, and the secrets that the demo may print."""

    organisation: Organisation
    admin: User
    password: str
    api_key: str
    sender: Sender
    channels: tuple[CaptureChannel, ...]


@transaction.atomic
def seed() -> Demo:
    """Make what is missing, and put the demo's secrets back to what its key under var/ gives."""
    organisation = _organisation()
    purposes = [_purpose(organisation, place, *row) for place, row in enumerate(PURPOSES)]
    sender = _sender(organisation)
    notice = _notice(organisation)
    channels = _channels(organisation, notice, sender, purposes)
    admin, password = _admin(organisation)
    for role in Membership.Role:
        _member(organisation, role, role, demo_password(role))
    return Demo(organisation, admin, password, _api_key(organisation), sender, channels)


def add_sources(demo: Demo) -> None:
    """A poster of either sort to look at: one opens the page, one WhatsApp itself."""
    channel = next(each for each in demo.channels if each.kind == "qr_code")
    for opens, label in ((Placement.Opens.PAGE, "Counter card"), (Placement.Opens.WHATSAPP, "Bus stop")):
        if not channel.placements.filter(opens=opens).exists():
            placements.add(channel, label=label, opens=opens)


def _organisation() -> Organisation:
    values = {
        "name": "Riverside Clinic",
        "legal_name": "Riverside Community Clinic NPC",
        "postal_address": "12 River Street, Cape Town, 8001, South Africa",
        "contact": "help@riverside.example",
        "contact_person": "Nomsa Dlamini, information officer",
        "privacy_url": "https://riverside.example/privacy",
        "country": "ZA",
        "time_zone": "Africa/Johannesburg",
        "languages": LANGUAGES,
    }
    return Organisation.objects.get_or_create(slug="riverside-clinic", defaults=values)[0]


def _purpose(organisation: Organisation, place: int, key: str, category: str) -> Purpose:
    titles = {code: texts.starter_notice(code)["titles"][key] for code in LANGUAGES}
    values = {"titles": titles, "category": category, "position": place}
    return Purpose.objects.get_or_create(organisation=organisation, key=key, defaults=values)[0]


def _notice(organisation: Organisation) -> Notice:
    notice, is_new = Notice.objects.get_or_create(organisation=organisation, name="Opt-in wording")
    if is_new:
        draft, now = publishing.new_draft(notice, None), timezone.now()
        for code in LANGUAGES:
            row = wording_facts.starter(notice, code)
            row.version = draft
            row.save()
        publishing.publish(publishing.submit(draft, None, now), None, now)
    return notice


def _sender(organisation: Organisation) -> Sender:
    values = {
        "platform": "turn",
        "number": SENDER_NUMBER,
        "display_name": "Riverside Clinic",
        "portfolio": "riverside-portfolio",
        "base_url": settings.SANDBOX_URL,
        "token": settings.DEMO_SECRETS["sandbox-sender-token"],
    }
    # Ports may differ from one start to the next, so the address is put right each time.
    return Sender.objects.update_or_create(organisation=organisation, slug="riverside", defaults=values)[0]


def _channels(
    organisation: Organisation, notice: Notice, sender: Sender, purposes: list[Purpose]
) -> tuple[CaptureChannel, ...]:
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
        *_of_every_provider(sender, _sms_sender(organisation), _bots(organisation)),
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


def _of_every_provider(whatsapp: Sender, sms: Sender, bots: dict[str, Sender]) -> list[dict[str, Any]]:
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
                    "sender": sms if kind == "sms_short_code" else whatsapp,
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


def _bots(organisation: Organisation) -> dict[str, Sender]:
    """Their accounts: the sandbox stands in for both platforms."""
    return {name: _bot(organisation, name) for name in ("messenger", "telegram")}


def _bot(organisation: Organisation, name: str) -> Sender:
    values = {
        "platform": name,
        "medium": Sender.Medium.BOT,
        "number": "RiversideBot",
        "display_name": f"Riverside Clinic, {name.capitalize()}",
        "account": "100000000000001" if name == "messenger" else "",
        "base_url": settings.SANDBOX_URL,
        "token": settings.DEMO_SECRETS["sandbox-sender-token"],
    }
    slug = f"riverside-{name}"
    return Sender.objects.update_or_create(organisation=organisation, slug=slug, defaults=values)[0]


def _sms_sender(organisation: Organisation) -> Sender:
    """It answers where a provider takes answers at once, and sends nothing out of the demo."""
    values = {
        "platform": "inline",
        "medium": Sender.Medium.SMS,
        "number": SMS_NUMBER,
        "display_name": "Riverside Clinic, SMS",
    }
    return Sender.objects.get_or_create(organisation=organisation, slug="riverside-sms", defaults=values)[0]


def _admin(organisation: Organisation) -> tuple[User, str]:
    password = demo_password("admin")
    return _member(organisation, "admin", Membership.Role.OWNER, password, is_superuser=True), password


def demo_password(username: str) -> str:
    """Of the demo's staff: admin, and one for each role, named like it."""
    return settings.DEMO_SECRETS[f"{username}-password"][:20]


def _member(organisation: Organisation, name: str, role: str, password: str, **values: Any) -> User:
    user, is_new = User.objects.get_or_create(username=name, defaults=values)
    if is_new or not user.check_password(password):
        user.set_password(password)
        user.save()
    Membership.objects.get_or_create(user=user, organisation=organisation, defaults={"role": role})
    return user


def _api_key(organisation: Organisation) -> str:
    text = f"sayso_{settings.DEMO_SECRETS['api-key']}"
    ApiKey.objects.get_or_create(
        digest=ApiKey.digest_of(text),
        defaults={"organisation": organisation, "name": "Demo", "scopes": SCOPES},
    )
    return text
