"""What the templates of the hosted page are given: plain values, ready to show."""

import io
from typing import Any

import phonenumbers
import segno
from babel import Locale, UnknownLocaleError
from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from channels_capture.website.form import AskNumber, Choice
from optins.consent import numbers, requests, texts, wording
from optins.models import CaptureChannel, NoticeTranslation

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


def accepted_languages(request: HttpRequest) -> list[str]:
    """What the browser asks for, the dearest first, each also without its region."""
    header = request.headers.get("Accept-Language", "")
    codes = [code for code, _ in parse_accept_lang_header(header.lower())]
    return [form for code in codes for form in (code, code.split("-")[0])]


def _common(channel: CaptureChannel, language: str) -> dict[str, Any]:
    return {
        "channel": channel,
        "organisation": channel.organisation,
        "language": language,
        "direction": texts.direction(language),
        "t": texts.all_texts(language),
    }


def closed(channel: CaptureChannel) -> dict[str, Any]:
    language = (channel.organisation.languages or [texts.DEFAULT])[0]
    body = texts.text("closed_body", language, organisation=channel.organisation.name)
    return {**_common(channel, language), "body": body}


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
    chosen = {purpose.key for purpose in choice.purposes}
    # The errors of a form that has to be sent again anyway would only confuse.
    errors = {} if problem else {name: texts.text(key, language) for name, key in choice.errors.items()}
    number = phonenumbers.example_number_for_type(choice.country or channel.organisation.country, 1)
    example = phonenumbers.format_number(number, 2) if number else "+27 82 123 4567"
    return {
        **_common(channel, language),
        "shown": shown,
        "token": token,
        "problem": texts.text(problem, language) if problem else "",
        "errors": errors,
        "title": texts.text("error_title", language, title=shown.title) if errors or problem else shown.title,
        "purposes": [
            {"key": p.key, "line": wording.line(shown, p), "is_chosen": p.key in chosen}
            for p in channel.purposes.all()
        ],
        "asks_number": channel.ask_number != AskNumber.NEVER,
        "number_is_optional": channel.ask_number == AskNumber.OPTIONAL,
        "typed": choice.typed,
        "number_hint": texts.text("page_number_hint", language, example=f"\u2066{example}\u2069"),
        "contact": texts.text("page_contact", language, contact=channel.organisation.contact),
        "countries": _countries(channel, language, choice.country),
        "languages": _languages(request, channel, language),
    }


def _countries(channel: CaptureChannel, language: str, chosen: str) -> list[dict[str, Any]]:
    first = channel.organisation.country
    chosen = chosen or first
    codes = dict.fromkeys(
        (first, *([chosen] if chosen in phonenumbers.SUPPORTED_REGIONS else []), *_COUNTRIES)
    )
    try:
        names = Locale.parse(language.replace("-", "_")).territories
    except (UnknownLocaleError, ValueError):
        names = Locale("en").territories
    rows = [
        {
            "code": code,
            "name": names.get(code, code),
            "calling_code": phonenumbers.country_code_for_region(code),
            "is_chosen": code == chosen,
        }
        for code in codes
    ]
    return [rows[0], *sorted(rows[1:], key=lambda row: row["name"])]


def _languages(request: HttpRequest, channel: CaptureChannel, current: str) -> list[dict[str, Any]]:
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
    """What to send, and where: a link to tap, a QR code to scan, words and number to copy."""
    language = opened.request.language
    organisation = channel.organisation
    return {
        **_common(channel, language),
        "purposes": [wording.line(opened.request.translation, p) for p in choice.purposes],
        "number": numbers.shown(choice.number) if choice.number else "",
        "sender_number": numbers.shown(channel.sender.number) if channel.sender else "",
        "sender_name": channel.sender.display_name if channel.sender else "",
        "sentence": opened.sentence,
        "link": opened.wa_link,
        "qr": _qr(opened.wa_link),
        "not_yet": texts.text(
            "answer_not_yet", language, organisation=organisation.name, days=requests.CODE_LIFE.days
        ),
    }


def _qr(link: str) -> str:
    """The link as an SVG element without styles, so that the strictest policy lets it through."""
    out = io.BytesIO()
    segno.make(link, micro=False, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, svgclass="qr", lineclass=None
    )
    return out.getvalue().decode()
