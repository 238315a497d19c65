"""A USSD session: screens and keys on any phone. It proves the number, not that it is on WhatsApp."""

from channels_capture.base import Kind
from channels_capture.ussd.africastalking import AfricastalkingUssd
from channels_capture.ussd.talk import SessionTalk

KIND = Kind(label="USSD", providers={"africastalking": AfricastalkingUssd()}, talk=SessionTalk())
