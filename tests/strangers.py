"""Another organisation, to which nothing of the clinic may ever be seen, and the other way round."""

from dataclasses import dataclass

from django.utils import timezone

from optins.models import (
    ApiKey,
    CaptureChannel,
    Notice,
    NoticeTranslation,
    NoticeVersion,
    Organisation,
    Purpose,
    Sender,
)


@dataclass(frozen=True)
class Stranger:
    organisation: Organisation
    purpose: Purpose
    sender: Sender
    channel: CaptureChannel
    key: str


def make() -> Stranger:
    organisation = Organisation.objects.create(
        slug="hillside", name="Hillside", country="KE", languages=["en"]
    )
    purpose = Purpose.objects.create(
        organisation=organisation, key="harvest-news", titles={"en": "harvest news"}, category="utility"
    )
    sender = Sender.objects.create(
        organisation=organisation, slug="hillside", platform="turn", number="+254700000900"
    )
    channel = CaptureChannel.objects.create(
        organisation=organisation,
        slug="hillside-web",
        kind="website",
        sender=sender,
        notice=_notice(organisation),
    )
    channel.purposes.add(purpose)
    _row, key = ApiKey.make(organisation, "Hillside", ["gate", "capture", "read"])
    return Stranger(organisation, purpose, sender, channel, key)


def _notice(organisation: Organisation) -> Notice:
    notice = Notice.objects.create(organisation=organisation, name="Wording")
    version = NoticeVersion.objects.create(notice=notice, number=1)
    NoticeTranslation.objects.create(
        version=version,
        language="en",
        title="Hillside",
        body="WhatsApp",
        purposes={},
        stop="STOP",
        sentence="Yes",
    )
    version.status, version.published_at = "published", timezone.now()
    version.save()
    return notice
