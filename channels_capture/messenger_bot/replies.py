"""What the bot says, as rows that its own account sends: the wording, the code, a word on a stop."""

from datetime import datetime, timedelta

from channels_capture import fitting, own_pages
from channels_capture.messenger_bot.shapes import BotMessage
from optins.consent import requests, texts, wording
from optins.models import CaptureChannel, ConsentRequest, Contact, OutboundMessage, Purpose

WINDOW = timedelta(hours=24)  # Messenger's; Telegram has none
LONGEST = 2000  # characters that Messenger takes; Telegram takes more
Buttons = list[dict[str, str]]


class BotReplies:
    """What is said to whoever sent one message, in one language."""

    def __init__(
        self, channel: CaptureChannel, message: BotMessage, *, language: str, sent_at: datetime, now: datetime
    ) -> None:
        self.channel, self.message, self.language, self.now = channel, message, language, now
        self.expires_at = sent_at + WINDOW

    @property
    def are_possible(self) -> bool:
        is_silent = self.channel.replies == CaptureChannel.Replies.NONE
        return self.channel.bot is not None and not is_silent and self.expires_at > self.now

    def say(self, key: str, purposes: tuple[Purpose, ...] = (), *, page_of: Contact | None = None) -> None:
        """``page_of``: whose choice it answers, and whose own page it links to."""
        self._send(self._linked(self._text(key, titles=wording.titles(purposes, self.language)), page_of))

    def _linked(self, told: str, contact: Contact | None) -> str:
        return own_pages.with_link(told, contact, self.language, self.now) if contact else told

    def ask_scope(self, question: ConsentRequest, *, page_of: Contact | None) -> None:
        """Whether everything else is to stop; marketing has."""
        self._send(self._linked(self._text("ask_scope"), page_of), question, fitting.buttons(question, ()))

    def ask(self, question: ConsentRequest, purposes: list[Purpose]) -> None:
        """The wording on record, whole, with its buttons under it."""
        body = wording.question(question.translation, purposes, question.own_age)
        self._send(body, question, fitting.buttons(question, tuple(purposes)))

    def hand_over(self, opened: requests.Opened, *, asks_number: bool) -> None:
        """The sentence to send, then the link that fills it in; the number can be shared besides."""
        last_step = self._text("answer_title")
        not_yet = self._text("answer_not_yet", days=requests.CODE_LIFE.days)
        self._send("\n\n".join((last_step, opened.sentence, not_yet)), opened.request)
        link = [{"url": opened.wa_link, "title": self._text("answer_open")}]
        self._send(self._text("answer_open_hint"), opened.request, link)
        if asks_number:
            self.ask_number()

    def ask_number(self) -> None:
        """Telegram shares the number of the account, and no other, at a tap."""
        self._send(self._text("bot_number"), None, [{"ask": "number", "title": self._text("bot_share")}])

    def _text(self, key: str, **values: object) -> str:
        return texts.text(key, self.language, organisation=self.channel.organisation.name, **values)

    def _send(self, text: str, request: ConsentRequest | None = None, buttons: Buttons | None = None) -> None:
        """In as few messages as it takes; the buttons stand under the last one."""
        bot = self.channel.bot
        if bot is None or not self.are_possible:
            return
        parts = fitting.pieces(text, LONGEST)
        for part in parts:
            is_last = part is parts[-1]
            OutboundMessage.objects.create(
                sender=bot,
                request=request,
                address=self.message.identifiers[0].value,
                text=part,
                buttons=(buttons or []) if is_last else [],
                expires_at=self.expires_at,
                next_attempt_at=self.now,
            )


def drop_waiting(channel: CaptureChannel, address: str) -> None:
    """They shut the bot out: what waits for them would only be refused."""
    waiting = OutboundMessage.objects.filter(
        sender=channel.bot, address=address, state=OutboundMessage.State.WAITING
    )
    waiting.update(state=OutboundMessage.State.FAILED, last_error="They blocked the bot.")
