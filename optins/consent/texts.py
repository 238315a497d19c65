"""What people read, by language: short texts of pages and chats. Notices are wording, and elsewhere."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.lists import format_list

_DATA = Path(__file__).parent / "data"
DEFAULT = "en"


@cache
def _language(code: str) -> dict[str, Any]:
    return json.loads((_DATA / "texts" / f"{code}.json").read_text())


@cache
def languages() -> tuple[str, ...]:
    """The languages that have texts."""
    return tuple(sorted(path.stem for path in (_DATA / "texts").glob("*.json")))


def _known(language: str) -> str:
    base = language.split("-")[0]
    return next((code for code in (language, base) if code in languages()), DEFAULT)


def text(key: str, language: str, **values: Any) -> str:
    """The text in that language, else in English, with its placeholders filled in."""
    return _language(_known(language))["texts"][key].format(**values)


def all_texts(language: str) -> dict[str, str]:
    """Every text of one language, placeholders and all, for templates."""
    return dict(_language(_known(language))["texts"])


def name(language: str) -> str:
    """The language's own name; its code where nobody knows it."""
    if language in languages():
        return _language(language)["name"]
    locale = _locale(language)
    return (locale and locale.get_display_name()) or language


def are_read(language: str) -> bool:
    """Whether somebody who grew up with the language has read the texts that are shown in it."""
    return bool(_language(_known(language))["read_by_native_speaker"])


def direction(language: str) -> str:
    """``ltr`` or ``rtl``; also of a language that has no texts here, for a notice may be in any."""
    if language.split("-")[0] in languages():
        return _language(_known(language))["direction"]
    locale = _locale(language)
    return locale.text_direction if locale else "ltr"


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None


def starter_notice(language: str) -> dict[str, Any]:
    """The starter wording of one language, as in ``data/notices``."""
    return json.loads((_DATA / "notices" / f"{language}.json").read_text())


def joined(items: list[str], language: str) -> str:
    """A list as people write it: ``a, b and c``."""
    locale = _locale(language)
    return format_list(items, locale=locale) if locale else ", ".join(items)
