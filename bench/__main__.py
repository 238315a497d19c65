"""Starts a PostgreSQL of its own, seeds the clinic, measures, and prints the ratios."""

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests import environment, services

# Ratio, what it is measured against, and what is to be reached; None where the figure is only told.
GOALS: tuple[tuple[str, str, str, float | None], ...] = (
    ("gate", "stock-gate", "the gate against a REST framework view of the same", 5.0),
    ("gate", "bare", "the gate against a view that does nothing", 0.4),
    ("page", "static-page", "the hosted page against a template with no look-up", 0.7),
    ("webhook", "one-row", "a signed STOP to a durable event against verifying and storing one row", 0.5),
    ("webhook", "bare", "a signed STOP to a durable event against a view that does nothing", 0.3),
    ("import", "stock-import", "5,000 rows, previewed and recorded, against django-import-export", None),
    ("record-sealed", "record", "recording while a sealer works against recording alone", 0.8),
    ("statements", "chained", "record()'s statements, 32 clients, against a lock per organisation", 5.0),
    ("statements-slow", "chained-slow", "the same where a flush to the disk takes 2 ms longer", 5.0),
    ("door", "three-writes", "record() against the plain three writes, one process", None),
    ("verify", "bare-sha256", "verifying a ledger against bare SHA-256 of the same bytes", None),
)


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sayso-bench-")))
        os.environ |= environment.variables() | {
            "DATABASE_URL": stack.enter_context(services.postgres(folder, durable=True))
        }
        measured = _measure()
    print(f"{'':64}{'ratio':>8}{'goal':>8}")
    for ours, against, sentence, goal in GOALS:
        reached = measured[ours] / measured[against]
        print(f"{sentence:64}{reached:8.2f}{'' if goal is None else f'{goal:8.2f}'}")
    print("\ncalls (of imports: rows; of the ledger: events) a second, one process, PostgreSQL:")
    for name, rate in measured.items():
        print(f"  {name:16}{rate:10.0f}")


def _measure() -> dict[str, float]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ROOT_URLCONF = "bench.urls"
    settings.DEMO_SECRETS = dict.fromkeys(
        ("admin-password", "api-key", "hook-riverside-whatsapp", "hooks", "sandbox-sender-token"),
        "for-the-benchmark-only",
    )
    from optins.models import Membership

    settings.DEMO_SECRETS |= {f"{role}-password": "for-the-benchmark-only" for role in Membership.Role}
    call_command("migrate", verbosity=0)
    from bench import importing, ledger, measure, statements, storms
    from channels_capture import seed

    demo = seed.seed()
    served = measure.rates(_work(demo), {})
    served |= importing.rates(demo) | ledger.rates(demo) | statements.rates(demo)
    # Last: the stops in it stand in the way of whoever is recorded after it.
    return served | storms.rates(demo)


def _work(demo: Any) -> dict[str, Callable[[], int]]:
    from django.core.wsgi import get_wsgi_application

    from bench.measure import caller, numbered
    from tests.clinic import THANDI, contact_of, message_of, sign

    thread = demo.channels[2]
    application = get_wsgi_application()
    hook = caller(application, "POST", f"/hooks/{thread.public_id}/", {})
    one_row = caller(application, "POST", "/bench/one-row", {})
    numbers = numbered()

    def body(text: str) -> bytes:
        from django.utils import timezone

        message = message_of(text, person=f"27{next(numbers):09}", at=timezone.now())
        return json.dumps({"contacts": [contact_of(THANDI, "")], "messages": [message]}).encode()

    def signed_to(view: Callable[..., int]) -> int:
        sent = body("STOP")
        return view(sent, {"HTTP_X_TURN_HOOK_SIGNATURE": sign(sent, thread.secret)})

    def webhook() -> int:
        return signed_to(hook)

    key = {"Authorization": f"Bearer {demo.api_key}"}
    question = json.dumps({"phone": "+27000000001", "purpose": "health-tips"}).encode()
    gate = caller(application, "POST", "/api/v1/gate", key)
    stock = caller(application, "POST", "/bench/stock-gate", key)
    bare = caller(application, "POST", "/bench/bare", key)
    webhook()
    return {
        "bare": lambda: bare(question),
        "gate": lambda: gate(question),
        "stock-gate": lambda: stock(question),
        "page": lambda: caller(application, "GET", "/c/riverside-tap/", {})(b""),
        "static-page": lambda: caller(application, "GET", "/bench/static-page", {})(b""),
        "webhook": webhook,
        "one-row": lambda: signed_to(one_row),
    }


if __name__ == "__main__":
    main()
