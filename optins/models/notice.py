"""The wording that people are shown before they choose."""

import hashlib
import json

from django.conf import settings
from django.db import models

from optins.models.base import Owned
from optins.models.organisation import Organisation


class Notice(Owned):
    """One opt-in wording of an organisation, through all its versions."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="notices")
    name = models.CharField(max_length=80)
    countries = models.JSONField(
        default=list,
        blank=True,
        help_text="ISO 3166 alpha-2 codes of where its readers live; the organisation's own is always meant.",
    )

    def __str__(self) -> str:
        return self.name

    def published(self) -> "NoticeVersion | None":
        """The version shown now."""
        return self.versions.filter(status=NoticeVersion.Status.PUBLISHED).first()


class NoticeVersion(Owned):
    """One version of a notice. Once published it never changes; it can only be retired."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        PUBLISHED = "published", "Published"
        RETIRED = "retired", "Retired"

    class Change(models.TextChoices):
        MINOR = "minor", "Minor: earlier consents stand"
        MAJOR = "major", "Major: earlier consents need renewing"

    organisation_path = "notice__organisation"

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    change = models.CharField(max_length=5, choices=Change, default=Change.MINOR)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    returned_because = models.CharField(
        max_length=200, blank=True, help_text="What whoever sent it back wants changed."
    )
    approved_alone = models.BooleanField(
        default=False, help_text="Nobody else could approve it, so its author did, a day later."
    )
    # What the check said of it when it was published: rule packs with their versions, and warnings.
    checked = models.JSONField(default=dict, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("notice", "-number")
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="one_version_per_number"),
            models.UniqueConstraint(
                fields=["notice"],
                condition=models.Q(status="published"),
                name="one_published_version_per_notice",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "in_review"]) | models.Q(published_at__isnull=False),
                name="a_published_version_says_since_when",
            ),
            models.CheckConstraint(
                condition=models.Q(approver=None)
                | ~models.Q(approver=models.F("author"))
                | models.Q(approved_alone=True),
                name="another_person_approves_than_wrote_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice}, version {self.number}"


class NoticeTranslation(Owned):
    """One version of a notice in one language: exactly what people read."""

    organisation_path = "version__notice__organisation"

    version = models.ForeignKey(NoticeVersion, models.PROTECT, related_name="translations")
    language = models.CharField(max_length=12)
    title = models.CharField(max_length=120)
    body = models.TextField(help_text="Who writes, that it is by WhatsApp, and about what.")
    purposes = models.JSONField(help_text="The line beside each box, by purpose key.")
    stop = models.CharField(max_length=300, help_text="How to stop, at any time.")
    privacy = models.CharField(
        max_length=300, blank=True, help_text="Where the privacy notice is: with its https:// address."
    )
    details = models.TextField(
        blank=True, help_text="What else the law asks for: address, whom to ask, who gets the data."
    )
    sentence = models.CharField(
        max_length=200,
        help_text="What the person sends: {organisation} and {purposes} are filled in.",
    )
    read_by_native_speaker = models.BooleanField(
        default=False, help_text="Somebody who grew up with the language has read it."
    )
    content_hash = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ("version", "language")
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="one_translation_per_language"),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.language})"

    def save(self, *args: object, **kwargs: object) -> None:
        self.content_hash = self.digest()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def digest(self) -> str:
        """SHA-256 over the wording as canonical JSON."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()

    def canonical(self) -> str:
        """The wording as canonical JSON: whoever has it can check its hash."""
        fields = ("language", "title", "body", "purposes", "stop", "privacy", "details", "sentence")
        wording = {name: getattr(self, name) for name in fields}
        return json.dumps(wording, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
