"""A code, a join word or STOP by SMS: it proves the phone number, not that it is on WhatsApp."""

from channels_capture.base import Kind
from channels_capture.sms_short_code.africastalking import Africastalking
from channels_capture.sms_short_code.clickatell import Clickatell
from channels_capture.sms_short_code.infobip import Infobip
from channels_capture.sms_short_code.kannel import Kannel
from channels_capture.sms_short_code.messagebird import Messagebird
from channels_capture.sms_short_code.plivo import Plivo
from channels_capture.sms_short_code.twilio import TwilioSms
from channels_capture.sms_short_code.vonage import Vonage

KIND = Kind(
    label="SMS short code",
    providers={
        "twilio": TwilioSms(),
        "africastalking": Africastalking(),
        "vonage": Vonage(),
        "infobip": Infobip(),
        "plivo": Plivo(),
        "messagebird": Messagebird(),
        "clickatell": Clickatell(),
        "kannel": Kannel(),
    },
)
