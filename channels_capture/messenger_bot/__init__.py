"""A bot in Messenger or Telegram: it shows the wording and hands over the code for WhatsApp.

Who writes there is no WhatsApp number: nothing said in the bot's chat is consent. It is asked what may be
sent, the code says what was chosen, and consent is of whoever sends it from WhatsApp.
"""

from channels_capture.base import Kind
from channels_capture.messenger_bot.messenger import Messenger
from channels_capture.messenger_bot.talk import BotTalk
from channels_capture.messenger_bot.telegram import Telegram

KIND = Kind(
    label="Messenger bot",
    providers={"messenger": Messenger(), "telegram": Telegram()},
    talk=BotTalk(),
)
