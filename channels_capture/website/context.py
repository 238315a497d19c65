"""What the templates of the hosted page are given: plain values, ready to show."""

import colorsys
import io
import re
from collections.abc import Iterable
from typing import Any

import phonenumbers
import segno
from babel import Locale, UnknownLocaleError
from django.http import HttpRequest
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation.trans_real import parse_accept_lang_header

from channels_capture.website.form import AskNumber, Choice
from optins.consent import numbers, requests, texts, wording
from optins.models import CaptureChannel, NoticeTranslation, Organisation

# The surfaces of page.css that words and edges in the brand's colour stand on.
_LIGHT, _DARK = "#f4f2ed", "#23262c"
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
    organisation = channel.organisation
    return {
        "channel": channel,
        "organisation": organisation,
        "brand": palette(organisation.brand_colour),
        "language": language,
        "language_name": texts.name(language),
        "direction": texts.direction(language),
        "t": texts.all_texts(language),
        "contact": _html("page_contact", language, contact=_contact(organisation)),
    }


def palette(colour: str) -> dict[str, str]:
    """The brand's colour, what to write on it, and what of it can be read on a light and a dark page."""
    dark = _readable(colour, _DARK, lightness=1, ratio=6)
    return {
        "colour": colour,
        "text": _text_on(colour),
        "light": _readable(colour, _LIGHT, lightness=0, ratio=4.5),
        "light_tint": _mixed(colour, "#ffffff", 0.9),
        "dark": dark,
        "dark_text": _text_on(dark),
        "dark_tint": _mixed(dark, _DARK, 0.82),
    }


def _text_on(colour: str) -> str:
    return max("#ffffff", "#000000", key=lambda text: contrast(text, colour))


def _readable(colour: str, surface: str, *, lightness: int, ratio: float) -> str:
    """The first shade on the way to black (0) or white (1) with that contrast on the surface."""
    hue, own, saturation = colorsys.rgb_to_hls(*_parts(colour))
    steps = (own + (lightness - own) * step / 20 for step in range(21))
    shades = (_hex(colorsys.hls_to_rgb(hue, step, saturation)) for step in steps)
    return next(shade for shade in shades if contrast(shade, surface) >= ratio)


def _mixed(colour: str, other: str, share: float) -> str:
    both = zip(_parts(colour), _parts(other), strict=True)
    return _hex([a + (b - a) * share for a, b in both])


def _parts(colour: str) -> list[float]:
    return [part / 255 for part in bytes.fromhex(colour[1:])]


def _hex(parts: Iterable[float]) -> str:
    return f"#{bytes(round(part * 255) for part in parts).hex()}"


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in _parts(colour)]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _html(key: str, language: str, **values: str) -> SafeString:
    """A text with HTML in its placeholders."""
    return format_html(escape(texts.all_texts(language)[key]), **values)


def _left_to_right(text: str) -> SafeString:
    return format_html('<bdi dir="ltr">{}</bdi>', text)


def _contact(organisation: Organisation) -> SafeString | str:
    """Whom to ask, as a link where it is one address or one number."""
    contact = organisation.contact
    if re.fullmatch(r"[^@\s]+@[^@\s]+", contact):
        return format_html('<a href="mailto:{}">{}</a>', contact, _left_to_right(contact))
    try:
        number = numbers.read(contact, organisation.country)
    except numbers.NumberError:
        return contact
    return format_html('<a href="tel:{}">{}</a>', number, _left_to_right(contact))


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
        "reach": _contact(channel.organisation),
        "privacy": shown.privacy.partition(channel.organisation.privacy_url or "\n"),
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
        "number": _html("answer_number", language, number=_left_to_right(numbers.shown(choice.number)))
        if choice.number
        else "",
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
    """The link as an SVG element without styles, so that the strictest policy lets it through.

    Its white ground is drawn: it stays black on white, whatever colours the browser is told to use.
    """
    out = io.BytesIO()
    segno.make(link, micro=False, error="m").save(
        out,
        kind="svg",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        light="#fff",
        svgclass=None,
        lineclass=None,
    )
    return out.getvalue().decode()
