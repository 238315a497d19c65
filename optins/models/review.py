"""What waits for a decision of staff."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from optins.models.base import Owned
from optins.models.contact import Contact
from optins.models.organisation import Organisation


class ReviewItem(Owned):
    """One thing that rules cannot decide and a person must."""

    class Kind(models.TextChoices):
        LINK = "link", "Are these two the same person?"
        UNSURE = "unsure", "A message that may be a stop"
        CODES = "codes", "One number sent several codes made for others"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="review_items")
    kind = models.CharField(max_length=8, choices=Kind)
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="review_items")
    other = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "other"], condition=Q(kind="link"), name="one_proposal_per_pair"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
