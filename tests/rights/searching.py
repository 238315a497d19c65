"""A search of everything that is kept: each column of each table, and each file, for one person.

It knows no list of the ways to write a number: it reads what is encoded, leaves out whatever is neither
letter nor digit, and looks whether the number's own digits stand there in a row.
"""

import base64
import binascii
import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

_DATABASE = (".sqlite3", ".sqlite3-wal", ".sqlite3-shm")
_NEITHER = bytes(at for at in range(256) if not chr(at).isascii() or not chr(at).isalnum())
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_TOKEN = re.compile(r"[A-Za-z0-9+/_-]{12,}")


def is_in(raw: bytes, *wanted: str) -> bool:
    """Whether any of these, a number's own digits or a name, stands there in any writing."""
    plain = [_squeezed(text) for text in wanted]
    return any(each in squeezed for squeezed in map(_squeezed, _readings(raw)) for each in plain)


def _readings(raw: bytes) -> Iterator[str]:
    text = raw.decode("utf-8", "replace")
    yield text
    if "\\u" in text:
        said = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        yield said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if "%" in text:
        yield unquote(text)
    if "&" in text:
        yield html.unescape(text)
    for token in _TOKEN.findall(text):
        yield from _hidden_in(token)


def _hidden_in(token: str) -> Iterator[str]:
    """What a word says if it is base64, wherever that begins."""
    token = token.replace("-", "+").replace("_", "/")
    for start in range(4):
        part = token[start:]
        try:
            yield base64.b64decode(part[: len(part) // 4 * 4]).decode("latin-1")
        except binascii.Error:
            continue


def _squeezed(text: str) -> str:
    """Letters and digits alone, digits of whatever script in ours."""
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(char, char)) for char in text)
    return "".join(filter(str.isalnum, text))


def cells() -> Iterator[tuple[str, bytes]]:
    """Table and column, and the value as bytes; workbooks unpacked, sessions decoded."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  a table's name
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from (
                    (f"{table}.{name}", _bytes(value)) for name, value in zip(names, row, strict=True)
                )
    for session in Session.objects.all():
        yield "session", str(session.get_decoded()).encode()


def _bytes(value: Any) -> bytes:
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        return raw + (_unpacked(raw) if raw.startswith(b"PK\x03\x04") else b"")
    return str(value).encode()


def _unpacked(raw: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def files() -> Iterator[tuple[str, bytes]]:
    folders = {Path(settings.VAR_DIR), *([Path(settings.MEDIA_ROOT)] if settings.MEDIA_ROOT else [])}
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        if not path.name.endswith(_DATABASE):
            yield str(path), path.read_bytes()


def database_files() -> Iterator[tuple[str, bytes]]:
    """What SQLite itself has written, free pages and log too; of an open transaction nothing is there."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        name = str(connection.settings_dict["NAME"])
        yield from ((path.name, path.read_bytes()) for path in Path(name).parent.glob(f"{Path(name).name}*"))


def places(*wanted: str) -> set[str]:
    """Where any of this is found. The database's own files are too large to be read but as they stand."""
    plain = [_squeezed(text).encode() for text in wanted]
    squeezed = [(name, content.translate(None, _NEITHER)) for name, content in database_files()]
    return {place for place, value in [*cells(), *files()] if is_in(value, *wanted)} | {
        name for name, content in squeezed if any(text in content for text in plain)
    }


def places_of(digits: str, *more: str, calling_code: str = "27") -> set[str]:
    """Where somebody's number stands, with or without its country, or a name or id of theirs."""
    return places(digits.removeprefix(calling_code), *more)
