"""What every public page of an organisation is given: its name, its colours, texts, and whom to ask."""

import io
import re
from typing import Any

import segno
from django.http import HttpRequest
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation.trans_real import parse_accept_lang_header

from optins.consent import numbers, requests, texts, wording
from optins.models import Organisation, Purpose
from optins.pages.colours import palette


def accepted_languages(request: HttpRequest) -> list[str]:
    """What the browser asks for, the dearest first, each also without its region."""
    header = request.headers.get("Accept-Language", "")
    codes = [code for code, _ in parse_accept_lang_header(header.lower())]
    return [form for code in codes for form in (code, code.split("-")[0])]


def common(organisation: Organisation, language: str) -> dict[str, Any]:
    return {
        "organisation": organisation,
        "brand": palette(organisation.brand_colour),
        "language": language,
        "language_name": texts.name(language),
        "direction": texts.direction(language),
        "t": texts.all_texts(language),
        "contact": html("page_contact", language, contact=reach(organisation)),
    }


def html(key: str, language: str, **values: str) -> SafeString:
    """A text with HTML in its placeholders."""
    return format_html(escape(texts.all_texts(language)[key]), **values)


def left_to_right(text: str) -> SafeString:
    return format_html('<bdi dir="ltr">{}</bdi>', text)


def reach(organisation: Organisation) -> SafeString | str:
    """Whom to ask, as a link where it is one address or one number."""
    contact = organisation.contact
    if re.fullmatch(r"[^@\s]+@[^@\s]+", contact):
        return format_html('<a href="mailto:{}">{}</a>', contact, left_to_right(contact))
    try:
        number = numbers.read(contact, organisation.country)
    except numbers.NumberError:
        return contact
    return format_html('<a href="tel:{}">{}</a>', number, left_to_right(contact))


def answer(opened: requests.Opened, purposes: tuple[Purpose, ...], number: str = "") -> dict[str, Any]:
    """What to send, and where: a link to tap, a QR code to scan, words and number to copy.

    ``number``: the one that was typed, in E.164, if any.
    """
    language, sender = opened.request.language, opened.request.channel.sender
    organisation = opened.request.organisation
    return {
        **common(organisation, language),
        "purposes": [wording.line(opened.request.translation, p, opened.request.own_age) for p in purposes],
        "number": html("answer_number", language, number=left_to_right(numbers.shown(number)))
        if number
        else "",
        "sender_number": numbers.shown(sender.number) if sender else "",
        "sender_name": sender.display_name if sender else "",
        "sentence": opened.sentence,
        "link": opened.wa_link,
        "qr": qr_element(opened.wa_link),
        "not_yet": texts.text(
            "answer_not_yet", language, organisation=organisation.name, days=requests.CODE_LIFE.days
        ),
    }


def qr_element(link: str) -> str:
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
