"""What people agree to."""

from django.db import models

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
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("position", "key")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "key"], name="one_purpose_per_key"),
        ]

    def __str__(self) -> str:
        return self.title("en")

    def title(self, language: str, *, discreet: bool = False) -> str:
        """The title in that language, else in English, else the first there is."""
        titles = self.discreet_titles if discreet and self.sensitive and self.discreet_titles else self.titles
        return titles.get(language) or titles.get("en") or next(iter(titles.values()), self.key)
