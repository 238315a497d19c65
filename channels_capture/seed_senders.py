"""The demo's senders: one on WhatsApp, and an account with each provider of SMS and of bots."""

from django.conf import settings

from channels_capture import registry
from optins.models import Organisation, Sender
from optins.senders import PLATFORMS

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


def sms(organisation: Organisation) -> dict[str, Sender]:
    """By provider: an account with it, or one whose replies stand in the answer to its webhook."""
    inline = _sms(organisation, "riverside-sms", platform="inline", display_name="Riverside Clinic, SMS")
    return {
        name: inline if adapter.answers_inline or name not in PLATFORMS else _sms_account(organisation, name)
        for name, adapter in registry.KINDS["sms_short_code"].providers.items()
    }


def _sms_account(organisation: Organisation, name: str) -> Sender:
    return _sms(
        organisation,
        f"riverside-sms-{name}",
        platform=name,
        display_name=f"Riverside Clinic, {name.capitalize()}",
        account="riverside",
        base_url=settings.SANDBOX_URL,
        token=settings.DEMO_SECRETS["sandbox-sender-token"],
    )


def _sms(organisation: Organisation, slug: str, **values: str) -> Sender:
    defaults = {**values, "medium": Sender.Medium.SMS, "number": SMS_NUMBER}
    return Sender.objects.update_or_create(organisation=organisation, slug=slug, defaults=defaults)[0]
