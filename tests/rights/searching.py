"""A search of everything that is kept: each column of each table, and each file, for one person."""

import base64
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection

# What a database keeps for itself: its own free pages are not ours to read.
NOT_OURS = (".sqlite3", ".sqlite3-wal", ".sqlite3-shm")


def forms_of(digits: str, calling_code: str = "27") -> set[bytes]:
    """The number as people, programs, JSON and base64 write it; by hand, apart from the code under test."""
    own = digits.removeprefix(calling_code)
    spaced = f"{own[:2]} {own[2:5]} {own[5:]}"
    written = {digits, f"0{own}", f"0{spaced}", f"{calling_code} {spaced}", f"0{spaced.replace(' ', '-')}"}
    found = {form.encode() for form in written}
    found.add("".join(f"\\u{ord(digit):04x}" for digit in digits).encode())
    for raw in (digits.encode(), f"0{own}".encode()):
        found |= {_aligned(raw, before) for before in range(3)}
    return found


def _aligned(raw: bytes, before: int) -> bytes:
    """The part of base64 that these bytes alone decide, where so many others stand before them."""
    whole = base64.b64encode(b"x" * before + raw + b"x" * 3)
    return whole[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]


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
        if not path.name.endswith(NOT_OURS):
            yield str(path), path.read_bytes()


def places(*wanted: bytes) -> set[str]:
    """Where any of this is found."""
    found = [*cells(), *files()]
    return {place for place, value in found if any(form in value for form in wanted)}


def places_of(digits: str, *names: str, calling_code: str = "27") -> set[str]:
    return places(*forms_of(digits, calling_code), *(name.encode() for name in names))
