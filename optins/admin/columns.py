"""Columns of lists that are more than text: states as badges, numbers that stay as they are written."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString


def badge(text: object, tone: str = "") -> SafeString:
    """A state in words. ``tone``: good, wait, bad, info, or none for what asks for no attention."""
    return format_html('<span class="badge {}">{}</span>', tone, text)


def number(text: object) -> SafeString:
    """A number or address that neither breaks nor turns round on a page that runs from right to left."""
    return format_html('<bdi dir="ltr" class="number">{}</bdi>', text) if text else SafeString("–")


def badge_of(field: str, tones: Mapping[Any, str], title: str = "") -> Callable[[Model], SafeString]:
    """A column that shows a field with choices as a badge; its values without a tone stay quiet."""

    @admin.display(description=title or field.replace("_", " "), ordering=field)
    def column(row: Model) -> SafeString:
        return badge(getattr(row, f"get_{field}_display")(), tones.get(getattr(row, field), ""))

    return column


def number_of(field: str, title: str = "") -> Callable[[Model], SafeString]:
    """A column that shows a number."""

    @admin.display(description=title or field.replace("_", " "), ordering=field)
    def column(row: Model) -> SafeString:
        return number(getattr(row, field))

    return column
