"""Storms of webhooks: what anybody may send, with a few genuine ones in between; and replays of genuine ones.

The same for the tests, in small, and for the benchmarks, at full size.
"""

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from channels_capture import registry
from optins.models import (
    CaptureChannel,
    ConsentEvent,
    ConsentRecord,
    ContactIdentifier,
    Sender,
    SenderContact,
)
from tests import vendors
from tests.channels.recordings import BODIES, SCHEMES, Post, signed
from tests.clinic import contact_of, message_of

GENUINE = 100  # of so many one is
# Telegram signs no content, so that a changed word is as good as any; Vonage signs in the body itself, which
# is good at whatever address and with whatever headers.
_LOOSE = {"telegram", "vonage"}
MOST = settings.DATA_UPLOAD_MAX_MEMORY_SIZE  # bytes that are read
_DEEP = b'{"a":' * 20_000 + b"1" + b"}" * 20_000
_NOISE = (b"", b"{", b"null", b"[[[", b"\xff\xfe\x00", b"=&=&=", b"9" * 4000, b'{"messages":[{}]}', _DEEP)


def person(number: int) -> str:
    return f"2783{number:07}"


def turn(channel: CaptureChannel, *messages: dict[str, Any], **more: Any) -> Post:
    """A webhook of Turn.io, genuinely signed."""
    people = dict.fromkeys(message["from"] for message in messages)
    envelope = {"contacts": [contact_of(who, "") for who in people], "messages": messages, **more}
    return signed(channel, json.dumps(envelope).encode(), BODIES[".json"], {})


def storm(
    channels: list[CaptureChannel], count: int, at: datetime, *, seed: int = 1
) -> Iterator[tuple[Post, int]]:
    """So many webhooks to these channels, and what each is answered: one in a hundred is a genuine STOP.

    They come over one provider after the other, also over those that sign nothing.
    """
    dice = random.Random(seed)  # noqa: S311  nothing secret
    writable = [each for each in channels if f"{each.kind}/{each.provider}" in vendors.STOPS]
    sealed = [each for each in writable if each.provider in SCHEMES and each.provider not in _LOOSE]
    for number in range(count):
        if number % GENUINE == 0:
            channel = writable[number // GENUINE % len(writable)]
            yield vendors.stop(channel, person(number), at), 200
        else:
            post = vendors.stop(sealed[number % len(sealed)], person(number), at)
            bad = _bad(dice, post, dice.choice(channels), number)
            yield bad, 400 if len(bad.body) > MOST else 401


def _bad(dice: random.Random, post: Post, channel: CaptureChannel, number: int) -> Post:
    """What its provider cannot have sent."""
    body, path = post.body, f"/hooks/{channel.public_id}/"
    at = dice.randrange(1, len(body))
    match number % 6:
        case 0:  # cut off on its way
            return replace(post, body=body[:at])
        case 1:  # changed in one bit
            return replace(post, body=body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])
        case 2:  # signed by somebody else
            return Post(path, body, _headers(dice, post), post.content_type)
        case 3:  # to somebody else's address, as if it were secret
            return Post(f"{path}{dice.randbytes(9).hex()}/", body, _headers(dice, post), post.content_type)
        case 4:  # as much as is read or one more, seldom, for it costs the test's client most
            size = {4: MOST, 154: MOST + 1}.get(number % 300, 30_000)
            return Post(path, b"[" * size, _headers(dice, post), BODIES[".json"])
        case _:
            kind = dice.choice(["", *BODIES.values(), "text/plain", "multipart/form-data; boundary=x"])
            return Post(path, dice.choice(_NOISE), _headers(dice, post), kind or "application/json")


def _headers(dice: random.Random, post: Post) -> dict[str, str]:
    wrong = dice.choice(["", "AAAA", "sha256=00", "=", "9" * 5000, "Bearer a.b.c"])
    names = (*post.headers, "X-Hub-Signature-256", "X-Twilio-Signature", "Authorization")
    return dict.fromkeys(names, wrong)


def hooked(organisation: Any) -> list[CaptureChannel]:
    """The channels that take webhooks, over all providers."""
    rows = CaptureChannel.objects.filter(organisation=organisation).select_related("organisation", "sender")
    return [channel for channel in rows.order_by("pk") if registry.adapter_of(channel)]


def talk(
    thread: CaptureChannel, codes: list[str], begun: datetime, count: int, *, first: int = 0
) -> list[Post]:
    """Genuine webhooks of many people in the order of their times, whose order of arrival must not matter.

    Codes, stops of every sort, what the platform reports of a person; each at a second of its own.
    ``first``: the number of the first person, so that others can do the same.
    """
    texts = itertools.cycle([*codes, "STOP", "stop, thank you", "stop health tips", "not me", "hello", "👍"])
    posts = []
    for number in range(count):
        who, at = person(first + number % _people(count)), begun + timedelta(seconds=3 * number)
        id_ = f"wamid.talk-{first}-{number}"
        if number % 9 == 8:
            code = 131050 if number % 2 else 131047
            status = {"id": id_, "status": "failed", "recipient_id": who, "errors": [{"code": code}]}
            posts.append(turn(thread, statuses=[{**status, "timestamp": str(int(at.timestamp()))}]))
        else:
            posts.append(turn(thread, message_of(next(texts), person=who, at=at, id=id_)))
    return posts


def _people(count: int) -> int:
    return max(4, count // 7)


def came_to(sender: Sender, count: int, *, first: int = 0) -> list[list[tuple[Any, ...]]]:
    """What the talk of these people led to."""
    numbers = {f"+{person(first + number)}": number for number in range(_people(count))}
    rows = ContactIdentifier.objects.filter(scheme="phone", value__in=numbers)
    who = {contact: numbers[value] for contact, value in rows.values_list("contact", "value")}
    events = ConsentEvent.objects.filter(contact__in=who)
    records = ConsentRecord.objects.filter(contact__in=who).select_related("stop", "grant", "proof")
    there = SenderContact.objects.filter(contact__in=who, sender=sender)
    return [
        sorted((who[e.contact_id], e.kind, e.purpose_id or 0, e.reason, e.proved) for e in events),
        sorted((who[r.contact_id], r.purpose_id, *map(_told, (r.stop, r.grant, r.proof))) for r in records),
        sorted((who[s.contact_id], str(_newest_stop(s)), s.marketing_is_stopped) for s in there),
    ]


def _newest_stop(row: SenderContact) -> datetime | None:
    """Parked or not: which of very many stops are parked depends on the order in which they come."""
    stops = (row.marketing_stopped_at, row.marketing_stop_parked_at)
    return max((at for at in stops if at), default=None)


def _told(event: ConsentEvent | None) -> str:
    """A stop with its time; one code sent twice is one act, with the time of the copy that came first."""
    if event is None:
        return ""
    return event.kind if event.kind == ConsentEvent.Kind.GIVEN else f"{event.kind} {event.occurred_at}"
