"""Which rows may name somebody, so that not every row has to be read: asked of PostgreSQL in its own words.

It may find too much and never too little: whoever asks looks at what it finds. On SQLite every row is found.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.db.models import BinaryField, BooleanField, F, Func, Q, Value

# Between two digits, however it is encoded.
_GAP = r"(?:[^0-9]|%[0-9A-Fa-f]{2}|\\+u[0-9A-Fa-f]{4}|&#[0-9]+;)*"
_MOST = 8  # numbers: with more of them the pattern costs more than reading the rows
_BYTE = 0x80
# A digit that is not written as itself: encoded for an address or HTML, or escaped in JSON.
_ENCODED = (
    r"%3[0-9]|%[d-fD-F][0-9a-fA-F]%|&#"
    r"|\\u(?:003[0-9]|0[6-9a-fA-F]|1[0-9abAB]|[aA][6-9abAB]|[fF]{2}1"
    r"|[dD]8(?:0[1-7]|1[aAbB]|3[3589aA])|[dD]83[eE]\\+u[dD][fF][fF])"
)


def rows_with(columns: Iterable[str], endings: Iterable[str], texts: Iterable[str]) -> Q:
    """A condition: a column may hold one of the texts, or digits that end so, in any writing."""
    if len(ends := sorted(set(endings))) > _MOST:
        return Q()
    pattern = "|".join([*(_GAP.join(ending) for ending in ends), *map(re.escape, sorted(texts))])
    return reduce(or_, (Q(Resembles(column, pattern)) for column in columns))


class Resembles(Func):
    """Whether a column of text, JSON or bytes matches the pattern, or has digits of another writing."""

    arity = 1

    def __init__(self, column: str, pattern: str) -> None:
        super().__init__(F(column), output_field=BooleanField())
        self.pattern = pattern

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return "1 = 1", []

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        (column,) = self.get_source_expressions()
        sql, params = compiler.compile(column)
        if not isinstance(column.output_field, BinaryField):
            return f"CAST({sql} AS text) ~ %s", [*params, f"{self.pattern}|{_ENCODED}|[{_others()}]"]
        # Each byte as one character, whatever the bytes are; a zero alone is none.
        nul, _bytes = compiler.compile(Value(b"\0", BinaryField()))
        when = f"CASE WHEN POSITION({nul} IN {sql}) > 0 THEN TRUE ELSE CONVERT_FROM({sql}, 'LATIN1') ~ %s END"
        return when, [*_bytes, *params, *params, f"{self.pattern}|{_ENCODED}|{_others_in_bytes()}"]


@cache
def _other_digits() -> list[int]:
    """The digits of every script but ours, by their place in Unicode."""
    return [at for at in range(_BYTE, sys.maxunicode + 1) if unicodedata.decimal(chr(at), None) is not None]


@cache
def _others() -> str:
    """Ranges of characters."""
    tens = groupby(enumerate(_other_digits()), lambda pair: pair[1] - pair[0])
    runs = ([at for _place, at in run] for _start, run in tens)
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)


@cache
def _others_in_bytes() -> str:
    """The same in UTF-8: what they begin with, and sixteen to choose from at the end."""
    return "|".join(sorted(set(_beginnings())))


def _beginnings() -> Iterator[str]:
    for at in _other_digits():
        *first, last = chr(at).encode()
        yield bytes(first).decode("latin-1") + f"[{chr(last & 0xF0)}-{chr(last | 0x0F)}]"
