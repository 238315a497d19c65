"""The demo's organisation: Riverside Clinic, its people, its wording, its channels. The same on each call."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from channels_capture import placements, seed_channels, seed_senders
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
    sender = seed_senders.whatsapp(organisation)
    notice = _notice(organisation)
    channels = seed_channels.channels(organisation, notice, sender, purposes)
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
