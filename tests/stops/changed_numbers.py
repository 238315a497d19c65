"""What a platform reports of somebody who changed their number."""

from django.utils import timezone

from tests.clinic import SIPHO, THANDI

NEW_NUMBER = SIPHO


def changed(clinic, number=NEW_NUMBER):
    """Thandi is known by this number from now on."""
    system = {"type": "user_changed_number", "wa_id": number}
    stamp = str(int(timezone.now().timestamp()))
    message = {"id": "wamid.system", "from": THANDI, "timestamp": stamp, "type": "system", "system": system}
    clinic.deliver({"messages": [message]})
