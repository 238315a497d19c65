"""A channel as the installed page needs it: every published script, and what staff note there."""

from typing import Any

from channels_capture.desk import devices, staff
from channels_capture.website.form import AskNumber
from optins.consent import ages, numbers, texts, wording
from optins.models import CaptureChannel, NoticeTranslation, Purpose


def of(channel: CaptureChannel) -> dict[str, Any]:
    """Plain values, for JSON; without a person in it."""
    kind, sender = staff.desk_of(channel), channel.sender
    purposes = list(channel.purposes.all())
    return {
        "slug": channel.slug,
        "name": channel.name,
        "organisation": {"slug": channel.organisation.slug, "name": channel.organisation.name},
        "label": kind.label,
        "example": kind.example,
        "keeps_noted": kind.keeps_noted,
        "asks_number": channel.ask_number != AskNumber.NEVER,
        "needs_number": channel.ask_number == AskNumber.REQUIRED,
        "sender": numbers.shown(sender.number) if sender else "",
        "sources": [{"code": row.code, "label": row.label} for row in channel.placements.order_by("label")],
        "scripts": [_script(row, purposes) for row in wording.published(channel.notice)],
    }


def _script(shown: NoticeTranslation, purposes: list[Purpose]) -> dict[str, Any]:
    own_age = ages.to_say(shown.version.notice.organisation, purposes)
    return {
        "language": shown.language,
        "name": texts.name(shown.language),
        "direction": texts.direction(shown.language),
        "version": shown.content_hash,
        "title": shown.title,
        "paragraphs": [part for part in (shown.body, shown.stop, shown.privacy, shown.details) if part],
        "yes": devices.yes_in(shown.language),
        "purposes": [{"key": p.key, "line": wording.line(shown, p, own_age)} for p in purposes],
    }
