"""Working on many rows a few at a time, so that nobody waits long for a lock."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

_AT_ONCE = 500


def in_parts(rows: QuerySet[Any], act: Callable[[QuerySet[Any]], object]) -> None:
    """Until there are none left: ``act`` has to take each row out of what ``rows`` finds."""
    while keys := list(rows.order_by().values_list("pk", flat=True)[:_AT_ONCE]):
        act(rows.model._default_manager.filter(pk__in=keys))
