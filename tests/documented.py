"""Every command that the documentation shows, found in its text."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/README.md")])
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text() for page in PAGES}

_SHOWN = re.compile(r"^ {4,}(\S.*)$", re.MULTILINE)
_INLINE = re.compile(r"`([^`]+)`")
_PROGRAM = re.compile(
    r"(?:[A-Z_]+=\S+ )*(?:\S*/)?(?:dev|manage\.py|python3?|pip|docker|pg_\w+|celery|gunicorn) ."
)
# How Django's commands are called: with the demo's settings, an environment of one's own, in a container.
_MANAGE = re.compile(
    r"^(?:\./dev manage|(?:\S*python )?(?:\./)?manage\.py|docker compose run .* manage\.py) "
)


def commands() -> set[str]:
    """As they stand there, each once; a line with an ellipsis only speaks of commands."""
    found = {" ".join(text.split()) for page in TEXTS.values() for text in _in(page)}
    return {re.sub(r" {2,}.*", "", text) for text in found if _PROGRAM.match(text) and "…" not in text}


def _in(page: str) -> Iterator[str]:
    for line in _SHOWN.findall(page):
        # After so many spaces stands what it does.
        yield re.split(r" {3,}", line)[0]
    # A command without arguments within a sentence is only named there.
    yield from (text for text in _INLINE.findall(page) if len(managed(text) or text.split()) > 1)


def managed(command: str) -> list[str] | None:
    """The words for ``manage.py``; None for another program."""
    met = _MANAGE.match(command)
    return shlex.split(command[met.end() :]) if met else None
