"""An ad opens an ordinary WhatsApp chat, so its webhooks are those of the thread."""

from channels_capture.whatsapp_thread import KIND

PROVIDERS = KIND.providers
