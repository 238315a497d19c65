"""The ledger of acts, and the record they add up to."""

from typing import Any

import uuid6
from django.db import models
from django.db.models import Q
from django.utils import timezone

from optins.models.base import Owned
from optins.models.channel import CaptureChannel, Placement
from optins.models.contact import Contact
from optins.models.language import IsLanguage
from optins.models.notice import NoticeTranslation
from optins.models.organisation import Organisation, OrganisationKey
from optins.models.purpose import Purpose
from optins.models.registry import OptOutRegistry
from optins.models.request import ConsentRequest


class ConsentEvent(Owned):
    """One act: append-only, and without a number, a name or free text."""

    class Kind(models.TextChoices):
        GIVEN = "given", "Given"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"
        INVALIDATED = "invalidated", "Invalidated"
        ERASED = "erased", "Erased"

    class Actor(models.TextChoices):
        PERSON = "person", "The person"
        GUARDIAN = "guardian", "A guardian"
        STAFF = "staff", "Staff"
        PLATFORM = "platform", "The platform"
        IMPORT = "import", "An import"
        SYSTEM = "system", "Sayso"

    class Door(models.TextChoices):
        WEB = "web", "Page"
        WEBHOOK = "webhook", "Webhook"
        DESK = "desk", "Desk"
        ADMIN = "admin", "Admin"
        API = "api", "API"
        IMPORT = "import", "Import"

    class Reason(models.TextChoices):
        NONE = "", "–"
        STOP_WORD = "stop_word", "Sent a stop word"
        SAID_NO = "said_no", "Said no"
        NOT_ME = "not_me", "Said that it was not them"
        REQUESTED = "requested", "Asked for it elsewhere"
        NUMBER_CHANGED = "number_changed", "The number changed hands"
        MISTAKE = "mistake", "A mistake taken back"
        SUPPRESSED = "suppressed", "Was suppressed before"
        LINKED = "linked", "Stopped by who may be the same person"
        ERASURE = "erasure", "Erased on request"
        REGISTRY = "registry", "Stands on an official opt-out list"

    id = models.UUIDField(primary_key=True, default=uuid6.uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="events")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="events")
    purpose = models.ForeignKey(Purpose, models.PROTECT, null=True, related_name="events")
    kind = models.CharField(max_length=11, choices=Kind)
    actor = models.CharField(max_length=8, choices=Actor)
    actor_reference = models.CharField(
        max_length=40, blank=True, help_text="The id of the user, key or batch."
    )
    door = models.CharField(max_length=7, choices=Door)
    channel = models.ForeignKey(CaptureChannel, models.PROTECT, null=True, related_name="events")
    placement = models.ForeignKey(Placement, models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey(ConsentRequest, models.PROTECT, null=True, related_name="events")
    translation = models.ForeignKey(NoticeTranslation, models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=12, blank=True)
    jurisdiction = models.CharField(max_length=12, blank=True)
    rule_packs = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    proved = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)
    voids = models.CharField(max_length=64, blank=True, help_text="The key of the grant it takes back.")
    reason = models.CharField(max_length=14, choices=Reason, blank=True)
    evidence_digests = models.JSONField(default=dict, help_text="Part of the evidence: its salted digest.")
    key = models.CharField(max_length=64)
    mac = models.CharField(max_length=120)
    is_test = models.BooleanField(default=False)

    class Meta:
        ordering = ("recorded_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="one_event_per_key"),
            models.CheckConstraint(
                condition=Q(purpose__isnull=False) | ~Q(kind="given"),
                name="a_grant_names_its_purpose",
            ),
            models.CheckConstraint(
                condition=Q(proved=False) | Q(actor__in=["person", "guardian"]),
                name="only_the_person_proves",
            ),
            models.CheckConstraint(
                condition=Q(proved=False) | Q(door="webhook"), name="proof_comes_by_a_verified_webhook"
            ),
            models.CheckConstraint(
                condition=Q(voids="") | Q(kind="invalidated"), name="only_an_invalidation_voids"
            ),
            models.CheckConstraint(condition=IsLanguage("language"), name="a_language_is_no_other_text"),
            models.CheckConstraint(
                condition=Q(kind__in=["given", "refused", "withdrawn", "invalidated", "erased"]),
                name="an_event_is_of_a_known_kind",
            ),
        ]
        indexes = [
            models.Index(
                fields=["contact", "-occurred_at"],
                condition=Q(purpose__isnull=True),
                name="stops_of_everything",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.occurred_at:%Y-%m-%d %H:%M:%S}"

    def digest_of(self, part: str) -> Any:
        """The digest of one part of its evidence; None where it names no such part."""
        named = self.evidence_digests
        return named.get(part) if isinstance(named, dict) else None

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise models.ProtectedError("The ledger is append-only.", {self})


class ConsentRecord(Owned):
    """What the events of one contact and purpose add up to. It can be rebuilt at any time."""

    organisation_path = "contact__organisation"

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="records")
    purpose = models.ForeignKey(Purpose, models.PROTECT, related_name="records")
    stop = models.ForeignKey(ConsentEvent, models.PROTECT, null=True, related_name="+")
    grant = models.ForeignKey(ConsentEvent, models.PROTECT, null=True, related_name="+")
    proof = models.ForeignKey(ConsentEvent, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "purpose"], name="one_record_per_contact_and_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.contact}, {self.purpose}"


class RunningOut(ConsentRecord):
    """A record with a yes, as staff see it who look at what runs out when."""

    class Meta:
        proxy = True
        verbose_name = "consent that runs out"
        verbose_name_plural = "consents that run out"


class Evidence(Owned):
    """One part of what proves one event. It may be deleted; the event keeps its salted digest."""

    organisation_path = "event__organisation"

    class Part(models.TextChoices):
        SHOWN = "shown", "What was shown"
        ACT = "act", "What was done"
        ADDRESS = "address", "Where it came from"

    event = models.ForeignKey(ConsentEvent, models.PROTECT, related_name="evidence")
    part = models.CharField(max_length=7, choices=Part)
    payload = models.JSONField()
    salt = models.CharField(max_length=64)
    retention_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["event", "part"], name="one_piece_of_evidence_per_part"),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()}: {self.event}"

    def says(self, name: str) -> Any:
        """What stands in it under this name; None where nothing does, or somebody made it another thing."""
        return self.payload.get(name) if isinstance(self.payload, dict) else None


class Suppression(Owned):
    """A keyed digest of an identifier that must stay stopped, also after erasure."""

    class Scope(models.TextChoices):
        ALL = "all", "Everything"
        MARKETING = "marketing", "Marketing"
        PURPOSE = "purpose", "One purpose"

    class Reason(models.TextChoices):
        ERASED = "erased", "Erased"
        NOT_ME = "not_me", "Not them"
        REGISTRY = "registry", "Official registry"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="suppressions")
    key = models.ForeignKey(OrganisationKey, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    scope = models.CharField(max_length=9, choices=Scope, default=Scope.ALL)
    purpose = models.ForeignKey(Purpose, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=8, choices=Reason)
    registry = models.ForeignKey(
        OptOutRegistry, models.CASCADE, null=True, blank=True, related_name="suppressions"
    )
    created_at = models.DateTimeField("stopped from", default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "digest", "scope", "reason"],
                condition=Q(purpose__isnull=True, registry__isnull=True),
                name="one_suppression_per_reason",
            ),
            models.UniqueConstraint(
                fields=["registry", "digest"],
                condition=Q(registry__isnull=False),
                name="one_suppression_per_number_of_a_registry",
            ),
            models.CheckConstraint(
                condition=Q(registry__isnull=True) | Q(reason="registry", scope="marketing"),
                name="a_registry_stops_marketing_alone",
            ),
            models.UniqueConstraint(
                fields=["organisation", "digest", "purpose", "reason"],
                condition=Q(purpose__isnull=False),
                name="one_suppression_per_purpose_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(scope="purpose", purpose__isnull=False)
                | ~Q(scope="purpose") & Q(purpose__isnull=True),
                name="a_suppression_of_a_purpose_names_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.get_scope_display()}"

    def covers(self, purpose: Purpose) -> bool:
        """Whether it stops messages about this purpose."""
        if self.scope == self.Scope.MARKETING:
            return purpose.category == Purpose.Category.MARKETING
        return self.scope == self.Scope.ALL or self.purpose_id == purpose.pk
