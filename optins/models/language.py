"""What may stand in a column for a language, as each database can check it."""

from itertools import product
from typing import Any

from django.db.models import BooleanField, F, Func

_LETTER, _DIGIT = "[a-zA-Z]", "[0-9]"
_PARTS = (
    (2 * _LETTER, 3 * _LETTER),
    ("", f"-{4 * _LETTER}"),
    ("", f"-{2 * _LETTER}", f"-{3 * _DIGIT}"),
)
# Every shape that optins/consent/language_tags.py takes for a tag.
_SHAPES = tuple(map("".join, product(*_PARTS)))


class IsLanguage(Func):
    """Whether a column is empty or holds a language tag, and no other text."""

    arity = 1

    def __init__(self, column: Any) -> None:
        column = F(column) if isinstance(column, str) else column
        super().__init__(column, output_field=BooleanField())

    def as_sqlite(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return self._any(compiler, "{column} GLOB '{shape}'")

    def as_postgresql(self, compiler: Any, connection: Any, **_: Any) -> Any:
        return self._any(compiler, "{column} ~ '^{shape}$'")

    def _any(self, compiler: Any, matches: str) -> tuple[str, tuple[Any, ...]]:
        (expression,) = self.get_source_expressions()
        column, params = compiler.compile(expression)
        each = [f"{column} = ''", *(matches.format(column=column, shape=shape) for shape in _SHAPES)]
        return f"({' OR '.join(each)})", tuple(params) * len(each)
