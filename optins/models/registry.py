"""Official lists of people who want no marketing, as an authority hands them out."""

from django.conf import settings
from django.db import models

from optins.models.base import Owned
from optins.models.organisation import Organisation


class OptOutRegistry(Owned):
    """One official opt-out list, as last uploaded. Its numbers are kept as keyed digests alone."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="registries")
    name = models.CharField(max_length=80, help_text="As the authority calls it.")
    listed_on = models.DateField("date of the list", help_text="The day on which the authority made it.")
    numbers = models.PositiveIntegerField(default=0, editable=False)
    uploaded_at = models.DateTimeField(editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        verbose_name = "opt-out list"
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="one_list_per_registry"),
        ]

    def __str__(self) -> str:
        return self.name
