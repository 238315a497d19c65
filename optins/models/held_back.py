"""What an erasure had to leave for now."""

from django.db import models
from django.db.models import Q

from optins.models.base import Owned
from optins.models.consent import Evidence
from optins.models.contact import Contact
from optins.models.imports import ImportBatch
from optins.models.inbound import InboundDelivery
from optins.models.organisation import Organisation
from optins.models.request import ConsentRequest


class HeldBack(Owned):
    """One thing that names somebody erased and stays, for a legal hold lies on whoever it is about as well.

    It goes once no hold does. ``contact`` is whoever is erased; none where it arrived after that.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="held_back")
    evidence = models.ForeignKey(Evidence, models.CASCADE, null=True, related_name="+")
    delivery = models.ForeignKey(InboundDelivery, models.CASCADE, null=True, related_name="+")
    request = models.ForeignKey(ConsentRequest, models.CASCADE, null=True, related_name="+")
    batch = models.ForeignKey(ImportBatch, models.CASCADE, null=True, related_name="+")
    is_whole = models.BooleanField(
        default=True, help_text="Of a request: all in it is theirs, not only what they answered."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "held back"
        constraints = [
            models.CheckConstraint(
                condition=Q(evidence__isnull=False)
                | Q(delivery__isnull=False)
                | Q(request__isnull=False)
                | Q(batch__isnull=False),
                name="something_is_held_back",
            )
        ]

    def __str__(self) -> str:
        return f"Held back {self.pk}"
