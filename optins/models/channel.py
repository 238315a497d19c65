"""Where consent is collected."""

import secrets

from django.db import models

from optins.models.base import EncryptedTextField, Owned
from optins.models.notice import Notice
from optins.models.organisation import Organisation
from optins.models.purpose import Purpose
from optins.models.sender import Sender


def new_public_id() -> str:
    return secrets.token_urlsafe(16)


class CaptureChannel(Owned):
    """One configured place that collects consent, e.g. one page or one WhatsApp thread."""

    class AskNumber(models.TextChoices):
        NEVER = "never", "Never: whoever sends the code is the person"
        OPTIONAL = "optional", "If they like"
        REQUIRED = "required", "Always"

    class Replies(models.TextChoices):
        ALL = "all", "Answer everything"
        CONSENT_ONLY = "consent_only", "Answer about consent only"
        NONE = "none", "Never answer"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="channels")
    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    # Slugs that channels_capture/registry.py owns: no choices here, so a new kind needs no migration.
    kind = models.SlugField()
    provider = models.SlugField(blank=True)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="+")
    purposes = models.ManyToManyField(Purpose, related_name="+")
    sender = models.ForeignKey(
        Sender,
        models.PROTECT,
        verbose_name="WhatsApp number",
        null=True,
        blank=True,
        related_name="channels",
    )
    bot = models.ForeignKey(
        Sender,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The bot's own account, which answers there. Codes go to the WhatsApp number.",
    )
    join_words = models.JSONField(default=list, blank=True, help_text='e.g. ["JOIN"]')
    ask_number = models.CharField(max_length=8, choices=AskNumber, default=AskNumber.NEVER)
    replies = models.CharField(max_length=12, choices=Replies, default=Replies.CONSENT_ONLY)
    secret = EncryptedTextField(blank=True, help_text="What the provider signs its webhooks with.")
    is_active = models.BooleanField(default=True)
    refused_count = models.PositiveIntegerField(
        default=0, editable=False, help_text="Webhooks whose signature was missing or wrong."
    )
    elsewhere_count = models.PositiveIntegerField(
        default=0,
        editable=False,
        help_text="Parts of webhooks that were for another account of the app.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Placement(Owned):
    """One printed code, poster, agent or ad of a channel."""

    class Opens(models.TextChoices):
        PAGE = "page", "The channel's page"
        WHATSAPP = "whatsapp", "WhatsApp at once, with JOIN and the code filled in"

    organisation_path = "channel__organisation"

    channel = models.ForeignKey(CaptureChannel, models.CASCADE, related_name="placements")
    code = models.CharField(max_length=16, unique=True)
    label = models.CharField(max_length=80)
    opens = models.CharField(
        max_length=8,
        choices=Opens,
        default=Opens.PAGE,
        help_text="WhatsApp needs no other data than WhatsApp's own. A kind without a page always opens it.",
    )
    place = models.CharField(max_length=80, blank=True)
    campaign = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "source"

    def __str__(self) -> str:
        return self.label


class PlacementDay(Owned):
    """How often one printed code was opened on one day, in the organisation's time zone."""

    organisation_path = "placement__channel__organisation"

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="days")
    day = models.DateField()
    openings = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["placement", "day"], name="one_count_per_placement_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.placement}, {self.day}"
