"""Files of consents from elsewhere: who brought them, who approved them, what became of each row."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from optins.models.base import Owned
from optins.models.channel import CaptureChannel
from optins.models.contact import Contact
from optins.models.organisation import Organisation


class ImportBatch(Owned):
    """One uploaded file. Nothing of it is recorded before a second person has approved it."""

    class State(models.TextChoices):
        DRAFT = "draft", "Being prepared"
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
    attestation = models.TextField(
        blank=True, help_text="How these people agreed, and who vouches for it. A list of stops needs none."
    )
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    counts = models.JSONField(default=dict, help_text="Rows by outcome, exact.")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    operator = models.CharField(
        max_length=80, blank=True, help_text="Who ran the command, where a file came by the command line."
    )
    # Dates without a time and stops without a date are read by it, so it is fixed before the rows are read.
    uploaded_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True, help_text="A worker is at it until then.")

    class Meta:
        verbose_name = "import"
        verbose_name_plural = "imports"
        ordering = ("-uploaded_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | Q(state="rejected") | ~Q(decided_by=F("uploaded_by")),
                name="nobody_approves_their_own_import",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "waiting"])
                | Q(decided_by__isnull=False)
                | Q(uploaded_by__isnull=True),
                name="an_import_is_recorded_after_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(uploaded_by__isnull=False, operator="")
                | Q(uploaded_by__isnull=True) & ~Q(operator=""),
                name="somebody_brought_the_import",
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
    foreseen = models.CharField(max_length=14, choices=Outcome, help_text="What the preview said.")
    outcome = models.CharField(max_length=14, choices=Outcome)
    problem = models.CharField(max_length=300, blank=True, help_text="Why, where there is more to say.")
    recorded_at = models.DateTimeField(null=True, blank=True)
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("batch", "number")
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_outcome_per_line"),
        ]
        indexes = [models.Index(fields=["batch", "outcome"], name="rows_by_outcome")]

    def __str__(self) -> str:
        return f"Line {self.number}: {self.get_outcome_display()}"
