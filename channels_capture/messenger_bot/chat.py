"""Somebody in a bot's chat: who they are known as, their language, and how they are answered."""

from typing import cast

from channels_capture.base import Arrival
from channels_capture.messenger_bot.hearing import Ear
from channels_capture.messenger_bot.replies import BotReplies
from channels_capture.messenger_bot.shapes import BotMessage
from optins.consent import texts


class Chat:
    """The chat that a message came in, and what was heard in it."""

    def __init__(self, arrival: Arrival) -> None:
        self.channel, self.adapter = arrival.channel, arrival.adapter
        self.message = message = cast(BotMessage, arrival.message)
        self.received_at, self.sent_at, self.now = arrival.received_at, arrival.sent_at, arrival.now
        self.organisation = self.channel.organisation
        self.held = arrival.held
        self.contact = self.held.contacts[0] if self.held.contacts else None
        usual = tuple(self.organisation.languages) or (texts.DEFAULT,)
        own = (message.language, message.language.split("-")[0], *usual)
        self.languages = tuple(dict.fromkeys(code for code in own if code))
        self.language = next((code for code in self.languages if code in texts.languages()), texts.DEFAULT)
        self.heard = Ear(self.channel, message, self.languages, self.now).hear()

    @property
    def replies(self) -> BotReplies:
        asked = self.heard.question
        return BotReplies(
            self.channel,
            self.message,
            language=asked.language if asked else self.language,
            sent_at=self.sent_at,
            now=self.now,
        )
