"""WhatsApp over Twilio: a number or a business-scoped user id with ``whatsapp:`` before it."""

from typing import Any

from channels_capture.base import Message, Referral
from channels_capture.reading import string, strings
from channels_capture.twilio_requests import TwilioAdapter, message_id, opt_out
from channels_capture.whatsapp_thread import people
from optins.consent.numbers import BSUID

_PREFIX = "whatsapp:"
_OF_THE_CLICK = {
    "source_type": "ReferralSourceType",
    "source_url": "ReferralSourceUrl",
    "ctwa_clid": "ReferralCtwaClid",
}
Form = dict[str, Any]


class TwilioWhatsapp(TwilioAdapter):
    """Adapter of ``whatsapp_thread`` over ``twilio``."""

    def identifiers(self, address: str, scope: str, bsuid: str = "") -> people.Identifiers:
        address, bsuid = address.removeprefix(_PREFIX), bsuid.removeprefix(_PREFIX)
        if BSUID.fullmatch(address):
            address, bsuid = "", bsuid or address
        return people.identifiers(address, bsuid, scope)

    def message(self, form: Form, scope: str) -> Message | None:
        address = string(form, "From") or string(form, "WaId")
        identifiers = self.identifiers(address, scope, string(form, "ExternalUserId"))
        if not identifiers:
            return None
        return Message(
            id=message_id(form),
            identifiers=identifiers,
            occurred_at=None,
            text=string(form, "ButtonText") or string(form, "Body"),
            payload=string(form, "ButtonPayload"),
            context_id=string(form, "OriginalRepliedMessageSid"),
            forwarded=any(
                string(form, name).lower() == "true" for name in ("Forwarded", "FrequentlyForwarded")
            ),
            evidence={"message": form},
            referral=_referral(form),
            **opt_out(form),
        )


def _referral(form: Form) -> Referral | None:
    """The ad that opened the chat; its fields are there only then."""
    ad = string(form, "ReferralSourceId", "ReferralSourceUrl")
    title = string(form, "ReferralHeadline", "ReferralBody")
    return Referral(ad, title, strings(form, _OF_THE_CLICK)) if ad else None
