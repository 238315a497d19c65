"""A page to print around a code: who asks, for what, that it is by WhatsApp, and how to stop."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from channels_capture import placements
from channels_capture.qr_code import symbols
from channels_capture.website import context as page_context
from optins.consent import numbers, texts, wording
from optins.models import CaptureChannel, NoticeTranslation, Placement

SIZES = {"a4": "A4", "a5": "A5"}
_LONG_ADDRESS = 30  # characters: a longer one is set smaller
_MUCH_TEXT = 530  # characters: more than this is set smaller


def languages(placement: Placement) -> list[NoticeTranslation]:
    """The published wording in each language, the organisation's usual one first."""
    return wording.published(placement.channel.notice)


def page(request: HttpRequest, placement: Placement) -> HttpResponse:
    """The page in ``?lang=`` and ``?size=``. Raises NoWording."""
    channel = placement.channel
    shown = wording.translation(channel.notice, request.GET.get("lang", ""))
    size = request.GET.get("size", "a4").lower()
    context = {
        **_poster(placement, shown),
        "placement": placement,
        "size": size if size in SIZES else "a4",
        "sizes": SIZES,
        "languages": [(row.language, texts.name(row.language)) for row in languages(placement)],
    }
    return render(request, "print/poster.html", context)


def _without_camera(placement: Placement, language: str) -> str:
    """What to send, and where to, should the number's chat be read here."""
    number = placements.number(placement)
    threads = CaptureChannel.objects.filter(
        sender=placement.channel.sender, kind="whatsapp_thread", is_active=True
    )
    if not number or not threads.exists():
        return ""
    words, shown = _left_to_right(placements.words(placement)), _left_to_right(numbers.shown(number))
    return texts.text("print_send", language, words=words, number=shown)


def _left_to_right(text: str) -> str:
    """In one piece, whatever stands around it."""
    whole = text.replace(" ", "\N{NO-BREAK SPACE}")
    return f"\u2066{whole}\u2069"


def _poster(placement: Placement, shown: NoticeTranslation) -> dict[str, Any]:
    channel, language = placement.channel, shown.language
    address = placements.readable_address(placement)
    without_camera = _without_camera(placement, language)
    last_step = texts.text("page_next_step", language)
    said = (shown.title, shown.body, shown.stop, shown.privacy, last_step, without_camera)
    titles = [purpose.title(language, discreet=True) for purpose in channel.purposes.all()]
    return {
        "organisation": channel.organisation,
        "brand": page_context.palette(channel.organisation.brand_colour),
        "shown": shown,
        "language": language,
        "direction": texts.direction(language),
        "t": texts.all_texts(language),
        "opens_whatsapp": placements.opens_whatsapp(placement),
        "without_camera": without_camera,
        "titles": [f"{title[:1].upper()}{title[1:]}" for title in titles],
        "address": address,
        "is_long": len(address) > _LONG_ADDRESS,
        "is_dense": sum(map(len, (*said, *titles))) > _MUCH_TEXT,
        # Made here from an address of our own: nothing in it was typed.
        "qr": mark_safe(symbols.svg_element(placements.address(placement))),  # noqa: S308
    }
