"""What becomes of evidence that no rule lets one keep."""

from typing import ClassVar

from django.db import models

from optins.models.base import Owned
from optins.models.consent import ConsentEvent, Evidence


class EvidenceRemoval(Owned):
    """One part of one event's evidence that was removed by a rule. Append-only, like the event."""

    organisation_path = "event__organisation"
    PHOTO = "file"
    PARTS: ClassVar = [*Evidence.Part.choices, (PHOTO, "The photo of a form")]

    class Reason(models.TextChoices):
        TIME = "time", "Its time was over"
        ERASED = "erased", "The person was erased"
        NAMED = "named", "It named somebody who was erased"

    event = models.ForeignKey(ConsentEvent, models.PROTECT, related_name="removals")
    part = models.CharField(max_length=7, choices=PARTS)
    reason = models.CharField(max_length=6, choices=Reason)
    removed_at = models.DateTimeField()
    mac = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "part"], name="one_removal_per_part"),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()}, removed: {self.get_reason_display().lower()}"
