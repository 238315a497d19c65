"""A template filter: on a phone a list's rows stand as cards, and each cell says what it is."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import template
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.filter
def labelled(cells: Iterable[str], headers: Iterable[dict[str, Any]]) -> Iterator[SafeString]:
    """A row's cells as Django renders them, each ``<td>`` with its column's heading as ``data-label``."""
    for cell, header in zip(cells, headers, strict=True):
        heading = capfirst(strip_tags(str(header["text"])).strip())
        label = format_html('<td data-label="{}" ', heading) if heading else "<td "
        yield mark_safe(cell.replace("<td ", label, 1) if cell.startswith("<td ") else cell)  # noqa: S308
