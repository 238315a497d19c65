"""A desk page's signed token: which wording was on it, for which channel, and the one capture it is for."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from optins.models import CaptureChannel, NoticeTranslation

_SALT = "sayso.desk"
_GOOD_FOR = timedelta(hours=24)


class TokenError(ValueError):
    """The page is too old or was not ours; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a genuine token says was on the page. ``uuid``: the same page sent twice is one capture."""

    translation: NoticeTranslation
    uuid: uuid.UUID


def make(channel: CaptureChannel, shown: NoticeTranslation) -> str:
    return signing.dumps([channel.public_id, shown.pk, str(uuid.uuid4())], salt=_SALT, compress=True)


def read(token: str, channel: CaptureChannel) -> Rendered:
    """What was on the page. Raises TokenError: forged, of another channel, too old, or replaced since."""
    try:
        public_id, shown_id, key = signing.loads(token, salt=_SALT, max_age=_GOOD_FOR)
    except (signing.BadSignature, ValueError) as error:
        raise TokenError("This page was open for too long. Ask again and send it anew.") from error
    rows = NoticeTranslation.objects.filter(version__status="published", version__notice=channel.notice_id)
    shown = rows.filter(pk=shown_id).first()
    if public_id != channel.public_id or shown is None:
        raise TokenError("The wording has changed. Read the new one out and ask again.")
    return Rendered(shown, uuid.UUID(key))


# A kiosk's address

_KIOSK = "sayso.kiosk"
KIOSK_GOOD_FOR = timedelta(hours=16)


@dataclass(frozen=True, slots=True)
class Kiosk:
    """One screen that staff left to people: where it stands, and who set it up."""

    channel: str
    placement: str
    user: int


def kiosk(channel: CaptureChannel, placement: str, user: int) -> str:
    return signing.dumps([channel.public_id, placement, user], salt=_KIOSK, compress=True)


def read_kiosk(token: str) -> Kiosk | None:
    """None where the address was never ours or its day is over."""
    try:
        public_id, placement, user = signing.loads(token, salt=_KIOSK, max_age=KIOSK_GOOD_FOR)
    except (signing.BadSignature, ValueError):
        return None
    return Kiosk(public_id, placement, user)
