"""Seals: signed heads of the tree that grows over an organisation's ledger."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from optins.models.base import Owned
from optins.models.consent import ConsentEvent
from optins.models.organisation import Organisation
from optins.models.sender import Leased, LeasedQuerySet


class SealLease(Owned):
    """Whoever holds it grows the tree of one organisation; a sealer that died lets it run out."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="+")
    leased_until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Sealing of {self.organisation}"


class Seal(Owned):
    """One signed tree head. Append-only; heads form one line, which the constraints keep from forking."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="seals")
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="next")
    size = models.PositiveBigIntegerField(help_text="Events under this head.")
    root = models.CharField(max_length=64, help_text="RFC 9162 root hash, SHA-256 in hex.")
    frontier = models.JSONField(
        help_text="Roots of the full subtrees, largest first: what the next seal grows on."
    )
    sealed_at = models.DateTimeField()
    key_id = models.CharField(max_length=40)
    signature = models.CharField(max_length=128, help_text="Ed25519 over the head, in hex.")

    class Meta:
        ordering = ("size",)
        constraints = [
            models.UniqueConstraint(fields=["organisation", "size"], name="one_seal_per_size"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(previous__isnull=True), name="one_first_seal"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="a_seal_covers_something"),
        ]

    def __str__(self) -> str:
        return f"Seal over {self.size} events"


class SealedEvent(Owned):
    """The place of one event in its organisation's tree. Append-only."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    event = models.OneToOneField(ConsentEvent, models.PROTECT, primary_key=True, related_name="sealed")
    position = models.PositiveBigIntegerField(help_text="From 0, in the order of sealing.")
    leaf = models.CharField(
        max_length=64, help_text="RFC 9162 leaf hash of the event's canonical bytes, in hex."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "position"], name="one_event_per_position"),
        ]

    def __str__(self) -> str:
        return f"Leaf {self.position}"


class HeadExport(Leased):
    """One head on its way out of this database, so that nobody can rewrite what it covers unseen."""

    organisation_path = "seal__organisation"

    class Target(models.TextChoices):
        FILE = "file", "File"
        WEBHOOK = "webhook", "Webhook"

    seal = models.ForeignKey(Seal, models.PROTECT, related_name="exports")
    target = models.CharField(max_length=7, choices=Target)
    exported_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = LeasedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seal", "target"], name="one_export_per_head_and_target"),
        ]

    def __str__(self) -> str:
        return f"{self.seal} to {self.get_target_display().lower()}"
