"""Everything that happened between one person and the organisation, newest first."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from django.utils.safestring import SafeString

from optins.admin import sentences
from optins.admin.entries import Entry, proof_of, shown_of
from optins.admin.eyes import Eyes, reference
from optins.consent import digests, links, requests, texts, wording
from optins.consent.signal import Identifier
from optins.models import (
    ConsentEvent,
    ConsentRequest,
    Contact,
    ContactIdentifier,
    InboundDelivery,
    OutboundMessage,
    SenderContact,
)

MOST = 200  # of each sort
Kind, Door, Actor = ConsentEvent.Kind, ConsentEvent.Door, ConsentEvent.Actor
_ACTS = {
    Kind.GIVEN: ("Said yes to {}", "good"),
    Kind.REFUSED: ("Said no to {}", "bad"),
    Kind.WITHDRAWN: ("Stopped {}", "bad"),
    Kind.INVALIDATED: ("No longer counts: {}", "bad"),
    Kind.ERASED: ("Erased: {}", "bad"),
}


class Timeline:
    """Reads the rows of one contact: a fixed number of queries, however much has happened."""

    def __init__(self, contact: Contact, eyes: Eyes) -> None:
        self.contact, self.eyes = contact, eyes
        self.identifiers = list(contact.identifiers.all())

    def entries(self) -> list[Entry]:
        # Of the same moment, what followed stands above what it followed.
        found = [*self._replies(), *self._pushes(), *self._acts(), *self._requests()]
        return sorted(found, key=lambda entry: entry.at, reverse=True)

    # Acts

    def _acts(self) -> Iterator[Entry]:
        events = list(
            ConsentEvent.objects.filter(contact=self.contact)
            .select_related(
                "purpose", "channel", "placement", "request__channel", "translation__version__notice"
            )
            .prefetch_related("evidence")
            .order_by("-occurred_at", "-recorded_at", "purpose__position")[:MOST]
        )
        arrived = self._deliveries(events)
        for _, group in groupby(events, key=_together):
            acts = list(group)
            yield self._act(acts, arrived.get((acts[0].channel_id, acts[0].received_at)))

    def _deliveries(self, events: list[ConsentEvent]) -> dict[tuple[int | None, datetime], InboundDelivery]:
        """The webhooks that brought these acts: an act is received when its delivery is."""
        brought = [event for event in events if event.door == Door.WEBHOOK]
        rows = InboundDelivery.objects.filter(
            channel__in={event.channel_id for event in brought},
            received_at__in={event.received_at for event in brought},
        ).defer("body", "headers")
        return {(row.channel_id, row.received_at): row for row in rows}

    def _act(self, acts: list[ConsentEvent], delivery: InboundDelivery | None) -> Entry:
        event = acts[0]
        title, tone = _ACTS[Kind(event.kind)]
        evidence = [row for act in acts for row in act.evidence.all()]
        # The acts of one message have the same evidence, each under its own salt.
        once = {digests.canonical(row.payload): (act, row) for act in acts for row in act.evidence.all()}
        return Entry(
            at=event.occurred_at,
            time=self.eyes.time(event.occurred_at),
            sort="Act",
            title=title.format(_what(acts)),
            tone=tone,
            badge="Proved" if event.proved else "",
            lines=(self._how(event),),
            facts=tuple(self._facts(acts)),
            shown=shown_of(event.translation),
            proofs=tuple(proof_of(*pair, self.eyes) for pair in once.values()) if self.eyes.evidence else (),
            has_hidden_proof=bool(evidence) and not self.eyes.evidence,
            delivery=delivery,
        )

    def _how(self, event: ConsentEvent) -> str:
        if event.kind != Kind.GIVEN:
            sentence = sentences.stopped(event, self.eyes)
        else:
            told = sentences.proof(event) if event.proved else f"reported by {event.get_door_display()}"
            sentence = f"said yes{sentences.where(event)}, {told}"
        return f"{sentence[:1].upper()}{sentence[1:]}."

    def _facts(self, acts: list[ConsentEvent]) -> Iterator[tuple[str, SafeString | str]]:
        event, eyes = acts[0], self.eyes
        yield "By", event.get_actor_display()
        yield "Came in by", f"{event.get_door_display()}{f', {event.channel}' if event.channel else ''}"
        if event.placement:
            yield "Source", f"{event.placement} ({event.placement.code})"
        if event.asked_at:
            yield "Asked", eyes.time(event.asked_at)
        yield "Received", eyes.time(event.received_at)
        yield "Recorded", eyes.time(event.recorded_at)
        if event.expires_at:
            yield "Runs out", eyes.time(event.expires_at)
        if event.reason:
            yield "Reason", event.get_reason_display()
        if event.language:
            yield "Language", texts.name(event.language)
        if event.is_test:
            yield "Test", "Yes: it counts for nobody"
        yield "Event", ", ".join(str(act.pk) for act in acts)

    # Requests

    def _requests(self) -> Iterator[Entry]:
        answered = ConsentEvent.objects.filter(contact=self.contact).exclude(request=None)
        wanted = set(answered.values_list("request", flat=True)) | set(self._put_to_them())
        rows = (
            ConsentRequest.objects.filter(pk__in=wanted)
            .select_related("channel", "placement", "translation__version__notice")
            .prefetch_related("purposes", "events")
            .order_by("-asked_at")[:MOST]
        )
        for request in rows:
            yield self._request(request)

    def _put_to_them(self) -> Iterator[int]:
        """The requests with their number typed in, and the questions put to one of their identifiers."""
        known = [Identifier(row.scheme, row.value, row.scope) for row in self.identifiers]
        typed = [each.value for each in known if each.scheme == ContactIdentifier.Scheme.PHONE]
        asked = [requests.addressees(self.contact.organisation, [each]).values() for each in known]
        mine = ConsentRequest.objects.filter(organisation=self.contact.organisation_id)
        if typed:
            yield from mine.filter(typed_number__in=typed).values_list("pk", flat=True)
        yield from mine.put_to([digest for each in asked for digest in each]).values_list("pk", flat=True)

    def _request(self, request: ConsentRequest) -> Entry:
        purposes = list(request.purposes.all())
        answered = any(event.contact_id == self.contact.pk for event in request.events.all())
        how = "A code was made" if request.code_digest else "Asked in the chat"
        lines = [f"{how} on ‘{request.channel}’, about {wording.titles(purposes, 'en', discreet=False)}."]
        if request.typed_number and not answered:
            lines.append("Somebody typed this person's number. A typed number proves nothing.")
        facts: list[tuple[str, SafeString | str]] = [("Open until", self.eyes.time(request.expires_at))]
        if request.placement:
            facts.append(("Source", f"{request.placement} ({request.placement.code})"))
        facts += [("Language", texts.name(request.language)), ("Reference", reference(request.uuid))]
        return Entry(
            at=request.asked_at,
            time=self.eyes.time(request.asked_at),
            sort="Request",
            title=request.get_kind_display(),
            tone="info",
            badge="Answered" if answered else "No answer",
            lines=tuple(lines),
            facts=tuple(facts),
            shown=shown_of(request.translation),
        )

    # What went out

    def _pushes(self) -> Iterator[Entry]:
        rows = SenderContact.objects.filter(contact=self.contact).select_related("sender")
        for row in rows:
            if row.pushed_at:
                told = "yes, they may be messaged" if (row.pushed or {}).get("opted_in") else "no messages"
                yield self._outward(row.pushed_at, f"Told {row.sender}: {told}", "Push")
            if row.parked_at:
                yield self._outward(
                    row.parked_at, f"{row.sender} refused to be told", "Push", row.last_error, tone="bad"
                )

    def _replies(self) -> Iterator[Entry]:
        addresses = {row.value.removeprefix("+") for row in self.identifiers}
        rows = OutboundMessage.objects.filter(
            sender__organisation=self.contact.organisation_id, address__in=addresses
        )
        for row in rows.select_related("sender").order_by("-created_at")[:MOST]:
            tone = "bad" if row.state == OutboundMessage.State.FAILED else ""
            error = f"{row.last_error}" if tone else ""
            buttons = " · ".join(button["title"] for button in row.buttons)
            lines = tuple(
                line for line in (links.hidden(row.text), buttons and f"Buttons: {buttons}", error) if line
            )
            yield Entry(
                at=row.sent_at or row.created_at,
                time=self.eyes.time(row.sent_at or row.created_at),
                sort="Reply",
                title=f"We replied from {row.sender}",
                tone=tone,
                badge=row.get_state_display(),
                lines=lines,
            )

    def _outward(self, at: datetime, title: str, sort: str, line: str = "", tone: str = "") -> Entry:
        lines = (line,) if line else ()
        return Entry(at=at, time=self.eyes.time(at), sort=sort, title=title, lines=lines, tone=tone)


def _together(event: ConsentEvent) -> tuple[object, ...]:
    """What one message, form or call did to several purposes is one thing that happened."""
    return (event.occurred_at, event.recorded_at, event.kind, event.door, event.request_id, event.reason)


def _what(acts: list[ConsentEvent]) -> str:
    purposes = [act.purpose for act in acts if act.purpose]
    return wording.titles(purposes, "en", discreet=False) if purposes else "everything"
