"""Reading rows of which somebody may have made what no program reads: one of them spoils no other.

SQLite puts up with text in the place of a time or a number, and with JSON that is none.
"""

from collections.abc import Callable
from typing import Any

UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError)


def readable(keys: list[Any], read: Callable[[list[Any]], dict[Any, Any]]) -> dict[Any, Any]:
    """What ``read`` gives for those of these keys whose rows it can read."""
    try:
        return read(keys)
    except UNREADABLE:
        half = len(keys) // 2
        return readable(keys[:half], read) | readable(keys[half:], read) if half else {}
