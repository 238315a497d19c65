"""The accounts that send, and what each of them should hold about each contact."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from optins.models.base import EncryptedTextField, Owned, OwnedQuerySet
from optins.models.contact import Contact
from optins.models.organisation import Organisation


class SenderQuerySet(OwnedQuerySet):
    def on_whatsapp(self) -> Self:
        """Those whose messages consent is about. SMS accounts only answer what came by SMS."""
        return self.filter(medium=Sender.Medium.WHATSAPP)


class Sender(Owned):
    """One account on a messaging platform: a WhatsApp number, a number that answers SMS, or a bot."""

    class Medium(models.TextChoices):
        WHATSAPP = "whatsapp", "WhatsApp"
        SMS = "sms", "SMS"
        BOT = "bot", "Bot"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="senders")
    slug = models.SlugField()
    # A slug that optins/senders owns: no choices here, so a new platform needs no migration.
    platform = models.SlugField()
    medium = models.CharField(
        max_length=8,
        choices=Medium,
        default=Medium.WHATSAPP,
        help_text="SMS accounts and bots answer what came to them; the gate is about WhatsApp alone.",
    )
    number = models.CharField(
        max_length=16,
        help_text="E.164, e.g. +27820000900; for SMS also a short code or a name, for a bot any short name.",
    )
    display_name = models.CharField(max_length=80, help_text="What people see in WhatsApp.")
    portfolio = models.CharField(
        "business portfolio",
        max_length=64,
        blank=True,
        help_text="BSUIDs are the same only within it.",
    )
    base_url = models.URLField(blank=True, help_text="Only where it is not the platform's usual address.")
    account = models.CharField(
        max_length=64,
        blank=True,
        help_text="The platform's own name for it, if any: phone number id, account SID, page id, user name.",
    )
    token = EncryptedTextField(blank=True)
    is_active = models.BooleanField(default=True)
    # What the platform's last answers said of its rate limits: optins/sync/buckets.py.
    limits = models.JSONField(default=dict, editable=False)

    objects: ClassVar = SenderQuerySet.as_manager()

    class Meta:
        verbose_name = "WhatsApp number"
        ordering = ("slug",)
        constraints = [
            models.UniqueConstraint(fields=["organisation", "slug"], name="one_sender_per_slug"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def bsuid_scope(self) -> str:
        """Where its BSUIDs mean the same person: the portfolio, else this sender alone."""
        return self.portfolio or f"sender:{self.pk}"


class LeasedQuerySet(OwnedQuerySet):
    """Rows that a worker takes for a short while, so that two workers never do the same."""

    def free(self, now: object) -> Self:
        """Rows whose time has come and that no living worker holds."""
        return self.filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now), next_attempt_at__lte=now)


class Leased(Owned):
    """Work that is retried from the database: the attempts, the next one and who holds it now."""

    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True


class SenderContactQuerySet(LeasedQuerySet):
    def due(self, now: object) -> Self:
        """What a sender was not yet told, withdrawals first."""
        return (
            self.free(now)
            .filter(version__gt=F("pushed_version"), parked_at=None)
            .order_by("lane", "next_attempt_at", "pk")
        )


class SenderContact(Leased):
    """What one sender should hold about one contact, and what it was last told."""

    class Lane(models.IntegerChoices):
        WITHDRAWAL = 0, "Withdrawal"
        GRANT = 1, "Grant"
        BACKFILL = 2, "Backfill"

    organisation_path = "sender__organisation"

    sender = models.ForeignKey(Sender, models.CASCADE, related_name="contacts")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="at_senders")
    desired = models.JSONField(help_text='{"opted_in": true, "opted_in_at": "2026-11-20T09:15:02Z"}')
    version = models.PositiveIntegerField(default=1)
    pushed = models.JSONField(null=True, blank=True)
    pushed_version = models.PositiveIntegerField(default=0)
    pushed_at = models.DateTimeField(null=True, blank=True)
    unsettled_version = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Put to the platform without a good answer: it may take effect later.",
    )
    observed = models.JSONField(null=True, blank=True)
    lane = models.PositiveSmallIntegerField(choices=Lane, default=Lane.GRANT)
    parked_at = models.DateTimeField(
        null=True, blank=True, help_text="The platform refused it for good: staff decide."
    )
    marketing_stopped_at = models.DateTimeField(null=True, blank=True)
    marketing_resumed_at = models.DateTimeField(null=True, blank=True)
    marketing_stop_parked_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="A stop that the platform reported among very many: it holds until staff decide.",
    )
    stopped_there_at = models.DateTimeField(null=True, blank=True, help_text="The platform's own no.")
    # What is left of an erased person until the sender has been told: a JSON list, addresses.py.
    last_addresses = EncryptedTextField(blank=True, editable=False)

    objects: ClassVar = SenderContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "contact"], name="one_state_per_sender_and_contact"),
        ]
        indexes = [
            models.Index(
                fields=["sender", "lane", "next_attempt_at"],
                condition=Q(version__gt=F("pushed_version")),
                name="what_senders_were_not_told",
            ),
            models.Index(
                fields=["sender", "marketing_stopped_at"],
                condition=Q(marketing_stopped_at__isnull=False),
                name="stops_reported_by_senders",
            ),
            models.Index(
                fields=["sender"],
                condition=Q(marketing_stop_parked_at__isnull=False),
                name="parked_stops_by_sender",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contact} at {self.sender}"

    @property
    def marketing_is_stopped(self) -> bool:
        """Stopped while the last stop, parked or not, is not before the last resume."""
        resumed = self.marketing_resumed_at
        stops = (self.marketing_stopped_at, self.marketing_stop_parked_at)
        return any(at is not None and not (resumed and resumed > at) for at in stops)


class SenderStranger(Owned):
    """What the platform reported of somebody who is no contact yet, by a digest of a name of theirs."""

    organisation_path = "sender__organisation"

    sender = models.ForeignKey(Sender, models.CASCADE, related_name="strangers")
    digest = models.CharField(max_length=64)
    marketing_stopped_at = models.DateTimeField(null=True, blank=True)
    marketing_resumed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "digest"], name="one_report_per_sender_and_stranger"),
        ]

    def __str__(self) -> str:
        return f"Stranger {self.pk} at {self.sender}"


class SessionWindow(Owned):
    """When one contact last wrote to one sender: free text may be sent for 24 hours after."""

    organisation_path = "sender__organisation"

    sender = models.ForeignKey(Sender, models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="windows")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "contact"], name="one_window_per_sender_and_contact"),
        ]

    def __str__(self) -> str:
        return f"Window of {self.contact} at {self.sender}"


class OutboundMessageQuerySet(LeasedQuerySet):
    def due(self, now: object) -> Self:
        """What waits to be sent; to each person in the order in which it was written."""
        waiting = {"state": OutboundMessage.State.WAITING}
        earlier = OutboundMessage.objects.filter(
            sender=OuterRef("sender"), address=OuterRef("address"), pk__lt=OuterRef("pk"), **waiting
        )
        return self.free(now).filter(~Exists(earlier), **waiting).order_by("next_attempt_at", "pk")


class OutboundMessage(Leased):
    """One reply to somebody who wrote. A row, so that a crash loses none."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        FAILED = "failed", "Failed"

    organisation_path = "sender__organisation"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sender = models.ForeignKey(Sender, models.CASCADE, related_name="messages")
    request = models.ForeignKey(
        "optins.ConsentRequest", models.SET_NULL, null=True, blank=True, related_name="messages"
    )
    address = models.CharField(max_length=150, help_text="Digits, or a BSUID.")
    text = models.TextField()
    buttons = models.JSONField(default=list, help_text='[{"id", "title"}], at most three.')
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    expires_at = models.DateTimeField(help_text="When the window in which it may be sent closes.")
    vendor_id = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = OutboundMessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["sender", "next_attempt_at"],
                condition=Q(state="waiting"),
                name="messages_waiting",
            ),
            models.Index(fields=["sender", "vendor_id"], name="messages_by_vendor_id"),
        ]

    def __str__(self) -> str:
        return f"Message {self.pk}"
