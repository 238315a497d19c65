"""The life of a notice version: draft, in review, published, retired. The only code that publishes."""

from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction

from optins.consent import wording_facts
from optins.consent.wording_check import Finding
from optins.models import AuditEntry, Membership, Notice, NoticeVersion, User

ALONE = timedelta(hours=24)  # how long the only person of an organisation sleeps on it
Status = NoticeVersion.Status


class NotNow(Exception):
    """What cannot be done with the version as it is; the message says why, for staff."""


class Refused(NotNow):
    """The check refuses it. ``findings``: by language."""

    def __init__(self, findings: dict[str, list[Finding]]) -> None:
        count = sum(one.refuses for found in findings.values() for one in found)
        super().__init__(f"The check refuses it: {count} things are missing or wrong.")
        self.findings = findings


@transaction.atomic
def new_draft(notice: Notice, author: User | None) -> NoticeVersion:
    """The next version, with the wording of the one in force, or of the last there was."""
    Notice.objects.select_for_update().get(pk=notice.pk)
    last = notice.versions.order_by("-number").first()
    if open_one := notice.versions.filter(status__in=[Status.DRAFT, Status.IN_REVIEW]).first():
        raise NotNow(f"Version {open_one.number} is still being worked on.")
    draft = NoticeVersion.objects.create(
        notice=notice, number=last.number + 1 if last else 1, author=author, status=Status.DRAFT
    )
    source = notice.published() or last
    for row in source.translations.all() if source else ():
        row.pk, row.version = None, draft
        row._state.adding = True
        row.save()
    return draft


@transaction.atomic
def submit(version: NoticeVersion, author: User | None, now: datetime, change: str = "") -> NoticeVersion:
    """Hand it to another person. Whoever hands it in stands for it as its author.

    ``change``: minor or major; as it was, where nothing is said.
    """
    version = _locked(version, Status.DRAFT)
    if not version.translations.exists():
        raise NotNow("It has no wording in any language yet.")
    _refuse_what_the_check_refuses(version)
    version.status, version.submitted_at, version.returned_because = Status.IN_REVIEW, now, ""
    version.author = author or version.author
    version.change = NoticeVersion.Change(change or version.change)
    version.save()
    return version


@transaction.atomic
def send_back(version: NoticeVersion, reason: str = "") -> NoticeVersion:
    """To its author, with what is to be changed; or by its author, without."""
    version = _locked(version, Status.IN_REVIEW)
    version.status, version.submitted_at, version.returned_because = Status.DRAFT, None, reason
    version.save()
    return version


@transaction.atomic
def publish(version: NoticeVersion, approver: User | None, now: datetime) -> NoticeVersion:
    """Put it into force; the one before it retires. The check decides again, at this very moment.

    ``approver``: another person than the author; None where no member of staff acts (the demo's seed).
    Raises NotNow, and Refused where the check refuses it.
    """
    version = _locked(version, Status.IN_REVIEW)
    version.approved_alone = _approves_alone(version, approver, now)
    findings = _refuse_what_the_check_refuses(version)
    version.notice.versions.filter(status=Status.PUBLISHED).update(status=Status.RETIRED, retired_at=now)
    version.status, version.published_at, version.approver = Status.PUBLISHED, now, approver
    version.checked = _what_the_check_said(version, findings)
    version.save()
    return version


@transaction.atomic
def retire(version: NoticeVersion, now: datetime) -> NoticeVersion:
    """Take it out of force: its channels collect nothing until another version is published."""
    version = _locked(version, Status.PUBLISHED)
    version.status, version.retired_at = Status.RETIRED, now
    version.save(update_fields=["status", "retired_at"])
    return version


def writers(version: NoticeVersion) -> set[int | None]:
    """The keys of whoever wrote any of it: its author, and whom the audit saw change it."""
    changes = AuditEntry.objects.filter(
        organisation=version.notice.organisation,
        object_type="noticeversion",
        object_id=str(version.pk),
        detail__has_key="fields",
    )
    return {version.author_id, *changes.values_list("user", flat=True)}


def who_else(version: NoticeVersion, user: User | None) -> bool:
    """Whether anybody besides them works for the organisation."""
    members = Membership.objects.filter(organisation=version.notice.organisation, user__is_active=True)
    return members.exclude(user=user).exists()


def _approves_alone(version: NoticeVersion, approver: User | None, now: datetime) -> bool:
    """Whether the author approves, as nobody else is there. Raises NotNow where they may not, or not yet."""
    if approver is None or approver.pk not in writers(version):
        return False
    if who_else(version, approver):
        raise NotNow("Another person than whoever wrote it approves it.")
    owner = Membership.objects.filter(
        organisation=version.notice.organisation, user=approver, role=Membership.Role.OWNER
    )
    if not owner.exists():
        raise NotNow("Only the owner of a one-person organisation approves their own wording.")
    if version.submitted_at is None or now < version.submitted_at + ALONE:
        raise NotNow("You work alone here: read it again tomorrow, 24 hours after you handed it in.")
    return True


def fingerprint(findings: dict[str, list[Finding]]) -> str:
    """Of all that a person was shown: what they agreed to overlook is this and nothing else."""
    shown = [
        f"{language}:{one.element}:{one.missing}" for language, found in findings.items() for one in found
    ]
    return sha256("\n".join(sorted(shown)).encode()).hexdigest()[:16]


def _locked(version: NoticeVersion, wanted: str) -> NoticeVersion:
    # The notice first: two versions of it are never published at once.
    Notice.objects.select_for_update().get(pk=version.notice_id)
    fresh = NoticeVersion.objects.select_for_update().get(pk=version.pk)
    if fresh.status != wanted:
        raise NotNow(f"It is {fresh.get_status_display().lower()} by now.")
    return NoticeVersion.objects.select_related("notice__organisation").get(pk=version.pk)


def _refuse_what_the_check_refuses(version: NoticeVersion) -> dict[str, list[Finding]]:
    findings = wording_facts.findings_of(version)
    if not findings or any(one.refuses for found in findings.values() for one in found):
        raise Refused(findings)
    return findings


def _what_the_check_said(version: NoticeVersion, findings: dict[str, list[Finding]]) -> dict[str, object]:
    """For the record: the packs with their versions, and what a person was asked to look at."""
    return {
        "packs": dict(wording_facts.rules_of(version.notice).versions),
        "countries": sorted(version.notice.countries),
        "warnings": {
            language: [one.element for one in found] for language, found in findings.items() if found
        },
    }
