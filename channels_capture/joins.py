"""JOIN and the code of a source, sent from WhatsApp or by SMS: a wish to be asked, and where it came from.

It is no consent. The first reply is the wording of the source's own channel, and the answer to it counts.
"""

from datetime import datetime

from channels_capture import placement_codes, placements
from optins.consent import keywords, requests, wording
from optins.consent.signal import Identifier
from optins.models import CaptureChannel, ConsentRequest, Placement, Purpose

# What such a request says of itself, in the place of a page's version.
JOIN = "join"


def source_of(channel: CaptureChannel, text: str) -> Placement | None:
    """The source whose code stands alone, or after a join word; of the same organisation, and in use."""
    *before, last = keywords.normalise(text).upper().split() or [""]
    if not placement_codes.is_whole(last):
        return None
    words = (*channel.join_words, placements.JOIN)
    if before and not any(keywords.normalise(word).upper().split() == before for word in words):
        return None
    found = placements.find(last)
    is_ours = found is not None and found.channel.organisation_id == channel.organisation_id
    return found if found and is_ours and found.channel.is_active else None


def purposes_of(source: Placement) -> tuple[str, ...]:
    return tuple(purpose.key for purpose in source.channel.purposes.all())


def note(
    source: Placement,
    identifiers: tuple[Identifier, ...],
    purposes: tuple[Purpose, ...],
    *,
    language: str,
    prompted_at: datetime,
    now: datetime,
) -> ConsentRequest:
    """A request of the source's channel, not put yet: the question that follows goes back to it."""
    return requests.ask(
        source.channel,
        ConsentRequest.Kind.CONSENT,
        list(purposes),
        identifiers,
        shown=wording.translation(source.channel.notice, language),
        prompted_at=prompted_at,
        now=now,
        placement=source,
        page=JOIN,
    )
