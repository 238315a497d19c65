"""Cells that no spreadsheet takes for a formula, and back."""

import re
from typing import Any

# What begins a formula in some spreadsheet, full-width forms too; they pass over tabs and line breaks.
_FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")
_ESCAPED = re.compile("\\A'(?=[=+\\-@\t\r\n＝＋－＠])")
# What XLSX cannot hold and no text needs.
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escaped(value: Any) -> str:
    """The value as text, with ``'`` before it if it could be taken for a formula.

    No exception for numbers: ``+27110000000`` becomes ``'+27110000000``, which a spreadsheet shows as it is
    and does not turn into 2.782E+10.
    """
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", "" if value is None else str(value))
    return f"'{text}" if _FORMULA.match(text) else text


def unescaped(text: str) -> str:
    """The text without the ``'`` that ``escaped`` has put before it."""
    return _ESCAPED.sub("", text, count=1)
