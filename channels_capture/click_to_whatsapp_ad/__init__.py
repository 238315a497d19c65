"""Ads that click to WhatsApp: neither the click nor the first message is consent, and nothing is asked yet.

What the person wanted is answered first, by whoever runs the chat. Then consent is asked, once. The window
is the usual 24 hours; the 72 hours after an ad are a price.
"""

from channels_capture.base import Kind
from channels_capture.click_to_whatsapp_ad.providers import PROVIDERS

KIND = Kind(label="Ad that clicks to WhatsApp", providers=PROVIDERS)
