"""Questions and replies, as rows that the worker sends: within WhatsApp's limits, and only in the window."""

from datetime import datetime, timedelta

from channels_capture import answers, dialogue
from channels_capture.answers import Answers
from channels_capture.base import Message
from channels_capture.moves import Typed
from optins.consent import identity, links, requests, texts, wording
from optins.models import CaptureChannel, ConsentRequest, OutboundMessage, Purpose

WINDOW = timedelta(hours=24)
LONGEST_TEXT = 4096
LONGEST_BODY = 1024  # of a message with buttons
LONGEST_TITLE = 20
Kind = ConsentRequest.Kind
Buttons = list[dict[str, str]]


class Replies:
    """What is said to whoever sent one message, in one language."""

    def __init__(
        self, channel: CaptureChannel, message: Message, *, language: str, sent_at: datetime, now: datetime
    ) -> None:
        self.channel, self.message, self.language = channel, message, language
        self.organisation, self.now = channel.organisation, now
        self.expires_at = sent_at + WINDOW

    @property
    def are_possible(self) -> bool:
        """Not where the channel is silent, nor to a message that came so late that the window has closed."""
        is_silent = self.channel.replies == CaptureChannel.Replies.NONE or self.channel.sender is None
        return not is_silent and self.expires_at > self.now

    def say(self, key: str, purposes: tuple[Purpose, ...] = ()) -> list[OutboundMessage]:
        told = self._text(key, wording.titles(purposes, self.language))
        return self._send(f"{told}\n\n{self._own_page()}" if key == "thanks" else told)

    def _own_page(self) -> str:
        """After each yes: where they see what is on record, with a receipt, and can take it back."""
        contact = identity.find(self.organisation, self.message.identifiers)[0]
        return texts.text("thanks_link", self.language, link=links.address(contact, self.now))

    def ask(
        self,
        kind: str,
        purposes: tuple[Purpose, ...],
        about: ConsentRequest | None,
        *,
        prompted_at: datetime,
    ) -> bool:
        """Put a question, and whether it was: nobody can answer what they never saw."""
        if not self.are_possible:
            return False
        notice = about.channel.notice if about else self.channel.notice
        try:
            shown = wording.translation(notice, self.language)
        except wording.NoWording:
            if kind not in (Kind.KEEP, Kind.FORGET):
                raise
            if kind == Kind.KEEP:
                self.say("stopped")  # a stop never waits for wording
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
        choices = buttons(question, purposes)
        body = self._body(question, purposes, titles)
        if question.kind == Kind.KEEP:
            body += _list_of_numbered(choices, purposes, question.language)
        if len(body) > LONGEST_BODY:
            self._send(body, question)
            short = "stopped_keep" if question.kind == Kind.KEEP else "ask_which"
            body = self._fitting(short, titles)
        self._send(body, question, choices)

    def _body(self, question: ConsentRequest, purposes: tuple[Purpose, ...], titles: str) -> str:
        if question.kind == Kind.KEEP:
            return self._text("stopped_keep", titles)
        if question.kind == Kind.FORGET:
            return self._text("ask_forget", titles)
        if question.kind == Kind.WAS_THAT_YOU and question.parent:
            mine = answers.typed_into(question.parent, self.message.identifiers) == Typed.SAME
            return self._text("ask_was_that_you" if mine else "ask_another_number", titles)
        return wording.question(question.translation, list(purposes))

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
        return [
            OutboundMessage.objects.create(
                sender=sender,
                request=question,
                address=_address(self.message),
                text=part,
                buttons=buttons or [],
                expires_at=self.expires_at,
                next_attempt_at=self.now,
            )
            for part in pieces(text)
        ]


def origin(about: ConsentRequest | None) -> ConsentRequest | None:
    """What a question goes back to: the request whose code was sent, else the question that was answered."""
    return (about.parent or about) if about else None


def is_open(found: Answers, kind: str, about: ConsentRequest | None, purposes: tuple[Purpose, ...]) -> bool:
    return found.is_still_asked(kind, origin(about), [purpose.key for purpose in purposes])


def pieces(text: str, longest: int = LONGEST_TEXT) -> list[str]:
    """The text in as few messages as it takes, each ending with a line or a word."""
    found = []
    while len(text) > longest:
        end = max(text.rfind("\n", 0, longest), text.rfind(" ", longest // 2, longest))
        end = end if end > 0 else longest
        found.append(text[:end])
        text = text[end:].lstrip()
    return [*found, text]


def _address(message: Message) -> str:
    """Where a reply goes: the WhatsApp id as the platform wrote it, else the BSUID."""
    values = {i.scheme: i.value for i in message.identifiers}
    return values.get("wa_id") or values["wa_bsuid"]


def buttons(question: ConsentRequest, purposes: tuple[Purpose, ...]) -> Buttons:
    """At most three: one for each purpose to keep, or yes, no and, with several purposes, choose."""
    if question.kind == Kind.KEEP:
        kept = purposes[: dialogue.KEEP_AT_MOST]
        titles = _different([p.title(question.language, discreet=True) for p in kept])
        ids = [answers.payload(question, "yes", purpose.key) for purpose in kept]
    else:
        choices = ["yes", "choose", "no"] if len(purposes) > 1 else ["yes", "no"]
        titles = [_title(texts.text(f"button_{choice}", question.language)) for choice in choices]
        ids = [answers.payload(question, choice) for choice in choices]
    return [{"id": id_, "title": title} for id_, title in zip(ids, titles, strict=True)]


def _title(text: str) -> str:
    text = f"{text[:1].upper()}{text[1:]}"
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1]}…"


def _different(titles: list[str]) -> list[str]:
    """WhatsApp takes no two buttons alike: numbered where their beginnings are the same."""
    short = [_title(title) for title in titles]
    if len(set(short)) == len(short):
        return short
    return [_title(f"{number}. {title}") for number, title in enumerate(titles, 1)]


def _list_of_numbered(choices: Buttons, purposes: tuple[Purpose, ...], language: str) -> str:
    """What numbered buttons stand for."""
    if not all(choice["title"].startswith(f"{number}. ") for number, choice in enumerate(choices, 1)):
        return ""
    rows = zip(choices, purposes, strict=True)
    named = (f"{choice['title'][0]}. {purpose.title(language, discreet=True)}" for choice, purpose in rows)
    return "\n\n" + "\n".join(named)
