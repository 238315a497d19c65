"""Days and times as people read them: in their language, in the organisation's time zone."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime

from optins.models import Organisation

_OFFSET = re.compile(r"[+-]\d{4}(?=\)?$)")


def day(moment: datetime, language: str, organisation: Organisation) -> str:
    """``23 November 2026``."""
    return format_date(moment.astimezone(_zone(organisation)).date(), "long", locale=_locale(language))


def time(moment: datetime, language: str, organisation: Organisation) -> str:
    """The same with hour, minute, second and the zone's distance from UTC."""
    locale = _locale(language)
    told = format_datetime(moment, "long", tzinfo=_zone(organisation), locale=locale)
    # Beside Arabic letters the sign would stand after its digits: it is kept in one piece with them.
    return _OFFSET.sub("\u2066\\g<0>\u2069", told) if locale.text_direction == "rtl" else told


def _zone(organisation: Organisation) -> ZoneInfo:
    return ZoneInfo(organisation.time_zone)


def _locale(language: str) -> Locale:
    """In English the day comes before the month, as in most countries."""
    try:
        return Locale.parse("en_GB" if language == "en" else language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")
