"""What people agree to."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from optins.models.base import Owned
from optins.models.organisation import Organisation


class Purpose(Owned):
    """One thing that messages are about, agreed to or refused on its own."""

    class Category(models.TextChoices):
        MARKETING = "marketing", "Marketing"
        UTILITY = "utility", "Utility"
        AUTHENTICATION = "authentication", "Authentication"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="purposes")
    key = models.SlugField(help_text="Used by the API; it never changes.")
    titles = models.JSONField(help_text='By language: {"en": "appointment reminders"}')
    discreet_titles = models.JSONField(
        default=dict,
        blank=True,
        help_text="For a sensitive purpose: what chats and posters say instead.",
    )
    category = models.CharField("WhatsApp category", max_length=14, choices=Category)
    requires_confirmation = models.BooleanField(
        default=True, help_text="Only the person's own message counts."
    )
    expires_after_days = models.PositiveIntegerField(null=True, blank=True)
    sensitive = models.BooleanField(default=False)
    stops_on_loss = models.BooleanField(
        "stops on a loss",
        default=False,
        help_text="E.g. messages in a pregnancy: they stop at once when somebody writes LOSS.",
    )
    offered_on_loss = models.BooleanField(
        "offered on a loss",
        default=False,
        help_text="Support that is offered, as a question, to somebody who wrote LOSS.",
    )
    minor_may_consent_alone = models.BooleanField(
        "somebody under age may consent alone",
        default=False,
        help_text="Where a law says so, and never for marketing. It counts once a second person approves.",
    )
    minor_basis = models.CharField(
        "the law that says so", max_length=200, blank=True, help_text="Its name and section."
    )
    minor_proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    minor_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    minor_approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "key")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="one_purpose_per_key"),
            models.CheckConstraint(
                condition=Q(stops_on_loss=False) | Q(offered_on_loss=False),
                name="what_stops_on_a_loss_is_not_offered_on_it",
            ),
            models.CheckConstraint(
                condition=Q(minor_may_consent_alone=False) | ~Q(category="marketing"),
                name="nobody_under_age_consents_alone_to_marketing",
            ),
            models.CheckConstraint(
                condition=Q(minor_may_consent_alone=False) | ~Q(minor_basis=""),
                name="a_minors_own_consent_has_its_legal_basis",
            ),
            models.CheckConstraint(
                condition=Q(minor_approved_by__isnull=True)
                | Q(minor_proposed_by__isnull=False) & ~Q(minor_approved_by=F("minor_proposed_by")),
                name="nobody_approves_what_they_proposed_for_minors",
            ),
        ]

    def __str__(self) -> str:
        return self.title("en")

    def clean(self) -> None:
        """In words what the constraints above refuse."""
        super().clean()
        if self.stops_on_loss and self.offered_on_loss:
            raise ValidationError({"offered_on_loss": "What stops on a loss cannot be offered on it."})
        if self.minor_may_consent_alone and self.category == self.Category.MARKETING:
            raise ValidationError({"minor_may_consent_alone": "Never for marketing."})
        if self.minor_may_consent_alone and not self.minor_basis:
            raise ValidationError(
                {"minor_basis": "Name the law by which somebody under age may consent alone."}
            )

    @property
    def minors_decide_alone(self) -> bool:
        """Whether the consent of somebody under age counts without a guardian: proposed, and approved."""
        return self.minor_may_consent_alone and self.minor_approved_by_id is not None

    def title(self, language: str, *, discreet: bool = False) -> str:
        """The title in that language, else in English, else the first there is."""
        titles = self.discreet_titles if discreet and self.sensitive and self.discreet_titles else self.titles
        return titles.get(language) or titles.get("en") or next(iter(titles.values()), self.key)
