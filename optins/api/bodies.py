"""Reading the body of a request: JSON, of a sensible depth, that a database can keep."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.parsers import JSONParser

from optins.api.problems import Problem

_DEEPEST = 32


def read(body: bytes) -> Any:
    """The JSON in it. Raises Problem: malformed, or with what no database keeps."""
    try:
        value = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Problem("malformed", 400, "The body is not JSON.") from error
    if not _can_be_kept(value, _DEEPEST):
        detail = "The body holds NUL, half a surrogate pair, a number without end, or too many levels."
        raise Problem("malformed", 400, detail)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _can_be_kept(value: Any, levels: int) -> bool:
    if levels == 0:
        return False
    if isinstance(value, str):
        return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(_can_be_kept(item, levels - 1) for pair in value.items() for item in pair)
    if isinstance(value, list):
        return all(_can_be_kept(item, levels - 1) for item in value)
    return True


class JsonParser(JSONParser):
    """REST framework's way to the same."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return read(stream.read())
