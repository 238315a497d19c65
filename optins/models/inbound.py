"""What the messaging platforms delivered: kept first, processed second."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from optins.models.base import Owned
from optins.models.channel import CaptureChannel
from optins.models.sender import Leased, LeasedQuerySet


class InboundDeliveryQuerySet(LeasedQuerySet):
    def due(self, now: datetime) -> Self:
        """What could not be processed yet and may be tried again."""
        return self.free(now).filter(state=InboundDelivery.State.WAITING).order_by("next_attempt_at", "pk")


class InboundDelivery(Leased):
    """The raw body and headers of one verified webhook, kept for 14 days."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        DONE = "done", "Processed"
        FAILED = "failed", "Failed"

    organisation_path = "channel__organisation"

    channel = models.ForeignKey(CaptureChannel, models.CASCADE, related_name="deliveries")
    body = models.BinaryField()
    headers = models.JSONField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)

    objects: ClassVar = InboundDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "inbound deliveries"
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="waiting"), name="deliveries_waiting"),
            models.Index(fields=["received_at"], name="deliveries_by_age"),
        ]

    def __str__(self) -> str:
        return f"Delivery {self.pk}"


class InboundMessage(Owned):
    """One message of a delivery that has been processed: the same id is never processed twice."""

    organisation_path = "channel__organisation"

    channel = models.ForeignKey(CaptureChannel, models.CASCADE, related_name="messages")
    delivery = models.ForeignKey(InboundDelivery, models.SET_NULL, null=True, related_name="messages")
    # A digest: the ids of some vendors contain the number.
    dedup_key = models.CharField(max_length=64)
    outcome = models.CharField(max_length=20, help_text="What became of it, e.g. withdrawn or asked.")
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "dedup_key"], name="one_message_per_vendor_id"),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk}: {self.outcome}"
