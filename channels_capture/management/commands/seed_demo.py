"""``manage.py seed_demo [--json]``: the demo's organisation and what is needed to use it."""

import json
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from channels_capture import registry, seed
from optins.models import CaptureChannel, Membership


class Command(BaseCommand):
    help = "Bring the tables up to date and make the demo's organisation; only in demo mode."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print everything, secrets too, as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("seed_demo prints secrets, so it runs in demo mode only (SAYSO_DEMO=1).")
        # In one process with it: to start a second one takes longer than what either does.
        call_command("migrate", verbosity=0)
        demo = seed.seed()
        seed.add_sources(demo)
        if options["json"]:
            self.stdout.write(json.dumps(as_json(demo), indent=2))
            return
        self.stdout.write(
            f"{demo.organisation.name} is ready. Admin: {demo.admin.username} / {demo.password}"
        )


def as_json(demo: seed.Demo) -> dict[str, Any]:
    """What other programs use: the shape is part of the public interface."""
    return {
        "organisation": demo.organisation.slug,
        "admin": {"username": demo.admin.username, "password": demo.password},
        "staff": [{"username": role, "password": seed.demo_password(role)} for role in Membership.Role],
        "api_key": demo.api_key,
        "purposes": [key for key, _ in seed.PURPOSES],
        "channels": [_channel(channel) for channel in demo.channels],
        "sender": {"slug": demo.sender.slug, "number": demo.sender.number},
        "sandbox": {"url": settings.SANDBOX_URL, "token": settings.DEMO_SECRETS["sandbox-harness-token"]},
    }


def _channel(channel: CaptureChannel) -> dict[str, Any]:
    kind = registry.kind_of(channel)
    has_page = kind is not None and kind.page is not None
    return {
        "slug": channel.slug,
        "kind": channel.kind,
        "provider": channel.provider,
        "hook_url": registry.hook_address(channel) or None,
        "page_url": _absolute("page", slug=channel.slug) if has_page else None,
        "secret": channel.secret or None,
    }


def _absolute(name: str, **values: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name, kwargs=values)}"
