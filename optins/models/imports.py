"""Files of consents from elsewhere: who brought them, who approved them, what became of each row."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from optins.models.base import Owned
from optins.models.channel import CaptureChannel
from optins.models.contact import Contact
from optins.models.organisation import Organisation


class ImportBatch(Owned):
    """One uploaded file. Nothing of it is recorded before a second person has approved it."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for approval"
        APPROVED = "approved", "Approved, being recorded"
        DONE = "done", "Recorded"
        REJECTED = "rejected", "Rejected"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="import_batches")
    channel = models.ForeignKey(CaptureChannel, models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64, help_text="SHA-256 of the file as it was uploaded.")
    content = models.BinaryField(blank=True, help_text="The file; removed 30 days after it was dealt with.")
    mapping = models.JSONField(default=dict, blank=True, help_text="Our column: the file's column.")
    attestation = models.TextField(help_text="How these people agreed, and who vouches for it.")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    counts = models.JSONField(default=dict, help_text="Rows by outcome, exact.")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "import batches"
        ordering = ("-uploaded_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state="rejected") | ~Q(decided_by=F("uploaded_by")),
                name="nobody_approves_their_own_import",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(decided_by__isnull=False),
                name="an_import_is_recorded_after_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(Owned):
    """What became of one row of a file, or, before its approval, what would."""

    organisation_path = "batch__organisation"

    class Outcome(models.TextChoices):
        NEW = "new", "New contact"
        CHANGED = "changed", "Changed"
        UNCHANGED = "unchanged", "Nothing new"
        KEPT_WITHDRAWN = "kept_withdrawn", "Kept withdrawn"
        DUPLICATE = "duplicate", "Stands in the file twice"
        REFUSED = "refused", "Refused"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(help_text="The line in the file; the heading is line 1.")
    outcome = models.CharField(max_length=14, choices=Outcome)
    problem = models.CharField(max_length=300, blank=True)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("batch", "number")
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_outcome_per_line"),
        ]

    def __str__(self) -> str:
        return f"Line {self.number}: {self.get_outcome_display()}"
