"""Which organisations a command is about."""

from django.core.management.base import CommandError

from optins.models import Organisation


def chosen(slug: str | None) -> list[Organisation]:
    """The one of this slug, or all of them, also closed ones. Raises CommandError where there is none."""
    rows = Organisation.objects.order_by("pk")
    found = list(rows.filter(slug=slug) if slug else rows)
    if slug and not found:
        raise CommandError("There is no such organisation.")
    return found
