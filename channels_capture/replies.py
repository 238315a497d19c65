"""Questions and replies, as rows that the worker sends: within WhatsApp's limits, and only in the window.

Where a provider takes replies in the answer to its webhook, they are rows too, sent in that moment.
"""

from contextlib import suppress
from datetime import datetime

from channels_capture import answers, fitting, own_pages
from channels_capture.answers import Answers
from channels_capture.base import Message, Said
from channels_capture.fitting import LONGEST_BODY, Buttons
from channels_capture.moves import Typed
from channels_capture.ways import Way
from optins.consent import ages, requests, texts, wording
from optins.consent.gate import WINDOW
from optins.consent.locking import Held
from optins.models import CaptureChannel, ConsentRequest, OutboundMessage, Purpose

Kind, State = ConsentRequest.Kind, OutboundMessage.State
_INLINE = "inline:"


class Replies:
    """What is said to whoever sent one message, in one language."""

    def __init__(
        self,
        channel: CaptureChannel,
        message: Message,
        held: Held | None = None,
        *,
        language: str,
        sent_at: datetime,
        now: datetime,
        inline: str = "",
    ) -> None:
        self.channel, self.message, self.held = channel, message, held
        self.language, self.inline = language, inline
        self.organisation, self.now = channel.organisation, now
        self.expires_at = sent_at + WINDOW
        self.way = Way.of(channel)

    @property
    def are_possible(self) -> bool:
        """Not where the channel is silent, nor to a message that came so late that the window has closed."""
        is_silent = self.channel.replies == CaptureChannel.Replies.NONE or self.message.is_answered
        has_way = bool(self.inline) or not self.way.is_only_inline
        return (
            bool(self.way.address_of(self.message))
            and has_way
            and not is_silent
            and self.expires_at > self.now
        )

    def say(self, key: str, purposes: tuple[Purpose, ...] = ()) -> list[OutboundMessage]:
        told = self._text(key, wording.titles(purposes, self.language))
        # An SMS is short; but a yes is answered with its receipt, whatever it came by.
        has_link = key in own_pages.AFTER_A_CHOICE and (key == "thanks" or not self.way.is_sms)
        return self._send(self._with_own_page(told) if has_link else told)

    def _with_own_page(self, told: str) -> str:
        contacts = self.held.contacts if self.held else ()
        return own_pages.with_link(told, contacts[0], self.language, self.now) if contacts else told

    def ask(
        self,
        kind: str,
        purposes: tuple[Purpose, ...],
        about: ConsentRequest | None,
        *,
        prompted_at: datetime,
    ) -> bool:
        """Put a question, and whether it was: nobody can answer what they never saw.

        Without wording in force it is left out, and what else the message led to stands.
        """
        with suppress(wording.NoWording):
            return self.ask_or_wait(kind, purposes, about, prompted_at=prompted_at)
        return False

    def ask_or_wait(
        self,
        kind: str,
        purposes: tuple[Purpose, ...],
        about: ConsentRequest | None,
        *,
        prompted_at: datetime,
    ) -> bool:
        """The same. Raises NoWording about consent: then the message may wait for its question."""
        if not self.are_possible:
            return False
        if kind == Kind.KEEP and not self.way.has_buttons:
            self.say("stopped")  # without buttons START is the way back
            return False
        notice = about.channel.notice if about else self.channel.notice
        try:
            shown = wording.translation(notice, self.language)
        except wording.NoWording:
            if kind not in (Kind.KEEP, Kind.SCOPE, Kind.FORGET):
                raise
            if kind != Kind.FORGET:  # a stop never waits for wording
                self.say("stopped" if kind == Kind.KEEP else "stopped_marketing")
            return False
        question = requests.ask(
            self.channel,
            kind,
            list(purposes),
            self.message.identifiers,
            shown=shown,
            prompted_at=prompted_at,
            now=self.now,
            parent=origin(about),
            placement=about.placement if about else None,
            is_test=about.is_test if about else False,
        )
        self._put(question, purposes)
        return True

    def _put(self, question: ConsentRequest, purposes: tuple[Purpose, ...]) -> None:
        """One message; where the wording is too long for buttons it goes whole, and they follow it."""
        titles = wording.titles(purposes, question.language)
        choices = fitting.buttons(question, purposes)
        body = self._body(question, purposes, titles)
        if question.kind in (Kind.KEEP, Kind.SCOPE) and not self.way.is_sms:
            body = self._with_own_page(body)  # either confirms a stop
        if question.kind == Kind.KEEP:
            body += fitting.list_of_numbered(choices, purposes, question.language)
        if not self.way.has_buttons:
            how = texts.text("answer_in_words", question.language, **fitting.words(choices))
            self._send(f"{body}\n\n{how}", question)
            return
        if len(body) > LONGEST_BODY:
            self._send(body, question)
            short = "stopped_keep" if question.kind == Kind.KEEP else "ask_which"
            body = self._fitting(short, titles)
        self._send(body, question, choices)

    def _body(self, question: ConsentRequest, purposes: tuple[Purpose, ...], titles: str) -> str:
        if question.kind == Kind.KEEP:
            return self._text("stopped_keep", titles)
        if question.kind in (Kind.FORGET, Kind.SCOPE):
            return self._text(f"ask_{question.kind}", titles)
        if question.kind == Kind.WAS_THAT_YOU and question.parent:
            mine = answers.typed_into(question.parent, self.message.identifiers) == Typed.SAME
            asked = self._text("ask_was_that_you" if mine else "ask_another_number", titles)
            return f"{asked} {ages.line(question.own_age, self.language)}" if question.own_age else asked
        return wording.question(question.translation, list(purposes), question.own_age)

    def _text(self, key: str, titles: str) -> str:
        return texts.text(key, self.language, organisation=self.organisation.name, titles=titles)

    def _fitting(self, key: str, titles: str) -> str:
        """A text that fits beside buttons, if need be with the titles cut: they were just sent whole."""
        over = len(self._text(key, titles)) - LONGEST_BODY
        return self._text(key, f"{titles[: -over - 1]}…" if over > 0 else titles)

    def _send(
        self, text: str, question: ConsentRequest | None = None, buttons: Buttons | None = None
    ) -> list[OutboundMessage]:
        sender = self.channel.sender
        if sender is None or not self.are_possible:
            return []
        sent = {"state": State.SENT, "sent_at": self.now, "vendor_id": f"{_INLINE}{self.inline}"}
        return [
            OutboundMessage.objects.create(
                sender=sender,
                request=question,
                address=self.way.address_of(self.message),
                text=part,
                buttons=buttons or [],
                expires_at=self.expires_at,
                next_attempt_at=self.now,
                **(sent if self.inline else {}),
            )
            for part in fitting.pieces(text, self.way.longest)
        ]


def said_inline(channel: CaptureChannel, message_keys: list[str], now: datetime) -> list[Said]:
    """What stands in the answer to a webhook with these messages, also when it comes again."""
    ids = [f"{_INLINE}{key}" for key in message_keys]
    rows = OutboundMessage.objects.filter(sender=channel.sender, vendor_id__in=ids, expires_at__gt=now)
    number = channel.sender.number if channel.sender else ""
    return [Said(number, row.address, row.text) for row in rows.order_by("pk")]


def origin(about: ConsentRequest | None) -> ConsentRequest | None:
    """What a question goes back to: the request whose code was sent, else the question that was answered."""
    return (about.parent or about) if about else None


def is_open(found: Answers, kind: str, about: ConsentRequest | None, purposes: tuple[Purpose, ...]) -> bool:
    return found.is_still_asked(kind, origin(about), [purpose.key for purpose in purposes])
