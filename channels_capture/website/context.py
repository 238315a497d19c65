"""What the templates of the hosted page are given: plain values, ready to show."""

from typing import Any

import phonenumbers
from babel import Locale, UnknownLocaleError
from django.http import HttpRequest

from channels_capture.website.form import AskNumber, Choice
from optins.consent import ages, requests, texts, wording
from optins.models import CaptureChannel, NoticeTranslation
from optins.pages import look
from optins.pages.colours import contrast as contrast
from optins.pages.colours import palette as palette
from optins.pages.look import accepted_languages as accepted_languages

# Suggested after the organisation's own; a number from anywhere else begins with +.
_COUNTRIES = (
    "ZA",
    "NG",
    "KE",
    "GH",
    "TZ",
    "UG",
    "RW",
    "IN",
    "BR",
    "MX",
    "ID",
    "PK",
    "US",
    "GB",
    "DE",
    "PT",
    "ES",
)


def common(channel: CaptureChannel, language: str) -> dict[str, Any]:
    """What each page of a channel is given."""
    return {"channel": channel, **look.common(channel.organisation, language)}


def closed(channel: CaptureChannel) -> dict[str, Any]:
    language = (channel.organisation.languages or [texts.DEFAULT])[0]
    body = texts.text("closed_body", language, organisation=channel.organisation.name)
    return {**common(channel, language), "body": body}


def page(
    request: HttpRequest,
    channel: CaptureChannel,
    shown: NoticeTranslation,
    token: str,
    choice: Choice,
    problem: str,
) -> dict[str, Any]:
    """The page itself: the wording, a box for each purpose, and the errors of the last try."""
    language = shown.language
    purposes = list(channel.purposes.all())
    own_age = ages.to_say(channel.organisation, purposes)
    chosen = {purpose.key for purpose in choice.purposes}
    # The errors of a form that has to be sent again anyway would only confuse.
    errors = {} if problem else {name: texts.text(key, language) for name, key in choice.errors.items()}
    number = phonenumbers.example_number_for_type(choice.country or channel.organisation.country, 1)
    example = phonenumbers.format_number(number, 2) if number else "+27 82 123 4567"
    return {
        **common(channel, language),
        "shown": shown,
        "token": token,
        "problem": texts.text(problem, language) if problem else "",
        "errors": errors,
        "title": texts.text("error_title", language, title=shown.title) if errors or problem else shown.title,
        "purposes": [
            {"key": p.key, "line": wording.line(shown, p, own_age), "is_chosen": p.key in chosen}
            for p in purposes
        ],
        "asks_number": channel.ask_number != AskNumber.NEVER,
        "number_is_optional": channel.ask_number == AskNumber.OPTIONAL,
        "typed": choice.typed,
        "number_hint": texts.text("page_number_hint", language, example=f"\u2066{example}\u2069"),
        "reach": look.reach(channel.organisation),
        "privacy": shown.privacy.partition(channel.organisation.privacy_url or "\n"),
        "countries": countries(channel, language, choice.country),
        "languages": languages(request, channel, language),
    }


def countries(channel: CaptureChannel, language: str, chosen: str) -> list[dict[str, Any]]:
    """To choose a number's country from, named in that language: the organisation's own first."""
    first = channel.organisation.country
    chosen = chosen or first
    codes = dict.fromkeys(
        (first, *([chosen] if chosen in phonenumbers.SUPPORTED_REGIONS else []), *_COUNTRIES)
    )
    try:
        names = Locale.parse(language.replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        names = Locale("en").territories
    isolated = "\u2066{}\u2069" if texts.direction(language) == "rtl" else "{}"
    rows = [
        {
            "code": code,
            "name": names.get(code, code),
            "calling_code": isolated.format(f"+{phonenumbers.country_code_for_region(code)}"),
            "is_chosen": code == chosen,
        }
        for code in codes
    ]
    return [rows[0], *sorted(rows[1:], key=lambda row: row["name"])]


def languages(request: HttpRequest, channel: CaptureChannel, current: str) -> list[dict[str, Any]]:
    """Plain links to each published language, keeping the placement."""
    query = request.GET.copy()
    rows = []
    for row in wording.published(channel.notice):
        query["lang"] = row.language
        rows.append(
            {
                "code": row.language,
                "name": texts.name(row.language),
                "direction": texts.direction(row.language),
                "url": f"?{query.urlencode()}",
                "is_current": row.language == current,
            }
        )
    return rows


def answer(channel: CaptureChannel, opened: requests.Opened, choice: Choice) -> dict[str, Any]:
    """What to send, and where: see ``look.answer``."""
    return {"channel": channel, **look.answer(opened, choice.purposes, choice.number)}
