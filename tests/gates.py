"""What the gate's tests set up: wording that changes, suppressed numbers, people who wrote."""

from dataclasses import replace
from datetime import datetime

from optins.consent import digests, gate
from optins.consent.recording import record
from optins.consent.signal import phone
from optins.models import NoticeVersion, OrganisationKey, Purpose, SessionWindow, Suppression
from tests import signals
from tests.signals import DIGITS, NOON, NOW, REMINDERS


def reason(clinic, purpose: str = REMINDERS, **more) -> str:
    return str(signals.decide(clinic, purpose, **more).reason)


def setting(clinic, purpose: str, **values) -> None:
    """Change a purpose's settings today."""
    Purpose.objects.filter(pk=clinic.purposes[purpose].pk).update(**values)
    clinic.purposes[purpose].refresh_from_db()


def publish(clinic, change: str, at: datetime = NOW) -> NoticeVersion:
    """A new version of the wording takes the place of the one in force."""
    notice = clinic.web.notice
    NoticeVersion.objects.filter(notice=notice, status="published").update(status="retired", retired_at=at)
    new = NoticeVersion.objects.create(notice=notice, number=notice.versions.count() + 1, change=change)
    words = notice.versions.get(number=1).translations.get(language="en")
    words.pk, words.version = None, new
    words.save()
    new.status, new.published_at = "published", at
    new.save()
    return new


def agreed_to(clinic, plan, version: int = 1) -> None:
    """Record a grant as an answer to this version of the wording."""
    words = clinic.web.notice.versions.get(number=version).translations.get(language="en")
    record(replace(signals.signal(clinic, plan), translation=words, channel=clinic.web), now=NOW)


def suppress(clinic, digits: str = DIGITS, *, at: datetime = NOON, **values) -> Suppression:
    """Suppress a number, under a key of its own."""
    key = OrganisationKey.objects.create(organisation=clinic.organisation, use="suppression")
    row = Suppression.objects.create(
        organisation=clinic.organisation,
        key=key,
        digest=digests.suppression(key, phone(f"+{digits}")[0].text),
        **values,
    )
    Suppression.objects.filter(pk=row.pk).update(created_at=at)
    return row


def wrote(clinic, contact, at: datetime, sender=None) -> None:
    """The contact's last message to a sender was at this time."""
    SessionWindow.objects.update_or_create(
        sender=sender or clinic.sender, contact=contact, defaults={"opened_at": at}
    )


def ask(clinic, **question) -> gate.Decision:
    return signals.decide(clinic, question.pop("purpose", REMINDERS), **question)
