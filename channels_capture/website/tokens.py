"""The page's signed token: which wording was rendered, on which page, and in which second."""

from dataclasses import dataclass
from datetime import datetime

from django.core import signing

from optins.models import CaptureChannel, NoticeTranslation

_SALT = "sayso.page"
TOO_YOUNG = 2  # seconds: no person reads and chooses faster
TOO_OLD = 24 * 3600


class TokenError(ValueError):
    """The token is no good; ``text`` is the key of what to tell the person."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a genuine token says was rendered."""

    translation: NoticeTranslation
    placement_code: str


def make(channel: CaptureChannel, shown: NoticeTranslation, placement_code: str, now: datetime) -> str:
    value = [channel.public_id, shown.pk, placement_code, int(now.timestamp())]
    return signing.dumps(value, salt=_SALT, compress=True)


def read(token: str, channel: CaptureChannel, now: datetime) -> Rendered:
    """What was rendered. Raises TokenError: forged, of another page, too young or too old."""
    try:
        public_id, translation_id, placement_code, rendered_at = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError) as error:
        raise TokenError("error_form_token") from error
    age = int(now.timestamp()) - rendered_at
    if public_id != channel.public_id or age < 0:
        raise TokenError("error_form_token")
    if age < TOO_YOUNG:
        raise TokenError("error_form_fast")
    # Wording that is no longer in force was not agreed to by this post: show the new one.
    shown = NoticeTranslation.objects.filter(pk=translation_id, version__status="published").first()
    if age > TOO_OLD or shown is None:
        raise TokenError("error_form_old")
    return Rendered(shown, placement_code)
