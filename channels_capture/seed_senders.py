"""The demo's senders: one on WhatsApp, one for SMS, and an account for each platform with bots."""

from django.conf import settings

from optins.models import (
    Organisation,
    Sender,
)

SENDER_NUMBER = "+27820000900"
SMS_NUMBER = "21512"


def whatsapp(organisation: Organisation) -> Sender:
    """The number that everything is sent from."""
    values = {
        "platform": "turn",
        "number": SENDER_NUMBER,
        "display_name": "Riverside Clinic",
        "portfolio": "riverside-portfolio",
        "base_url": settings.SANDBOX_URL,
        "token": settings.DEMO_SECRETS["sandbox-sender-token"],
    }
    # Ports may differ from one start to the next, so the address is put right each time.
    return Sender.objects.update_or_create(organisation=organisation, slug="riverside", defaults=values)[0]


def bots(organisation: Organisation) -> dict[str, Sender]:
    """Their accounts: the sandbox stands in for both platforms."""
    return {name: _bot(organisation, name) for name in ("messenger", "telegram")}


def _bot(organisation: Organisation, name: str) -> Sender:
    values = {
        "platform": name,
        "medium": Sender.Medium.BOT,
        "number": "RiversideBot",
        "display_name": f"Riverside Clinic, {name.capitalize()}",
        "account": "100000000000001" if name == "messenger" else "",
        "base_url": settings.SANDBOX_URL,
        "token": settings.DEMO_SECRETS["sandbox-sender-token"],
    }
    slug = f"riverside-{name}"
    return Sender.objects.update_or_create(organisation=organisation, slug=slug, defaults=values)[0]


def sms(organisation: Organisation) -> Sender:
    """It answers where a provider takes answers at once, and sends nothing out of the demo."""
    values = {
        "platform": "inline",
        "medium": Sender.Medium.SMS,
        "number": SMS_NUMBER,
        "display_name": "Riverside Clinic, SMS",
    }
    return Sender.objects.get_or_create(organisation=organisation, slug="riverside-sms", defaults=values)[0]
