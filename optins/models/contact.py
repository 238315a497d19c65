"""The people, and the identifiers by which a platform knows them."""

import uuid

from django.db import models

from optins.models.base import Owned
from optins.models.organisation import Organisation


class Contact(Owned):
    """One person, as one organisation knows them. None exists before the person's first act."""

    class AgeBand(models.TextChoices):
        UNKNOWN = "", "Unknown"
        MINOR = "minor", "Under age"
        ADULT = "adult", "Of age"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="contacts")
    language = models.CharField(max_length=12, blank=True)
    country = models.CharField("country of residence", max_length=2, blank=True, help_text="If they said so.")
    age_band = models.CharField(max_length=5, choices=AgeBand, default=AgeBand.UNKNOWN, blank=True)
    is_test = models.BooleanField(default=False)
    # Why is nobody's business: it says nothing more.
    left_in_peace_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="From then on nobody tries to win them back."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Contact {str(self.uuid)[:8]}"


class ContactIdentifier(Owned):
    """One identifier of one contact. A number is one contact, also when a family shares it."""

    class Scheme(models.TextChoices):
        PHONE = "phone", "Phone number"
        WA_ID = "wa_id", "WhatsApp id"
        WA_BSUID = "wa_bsuid", "WhatsApp business-scoped user id"
        TELEGRAM = "telegram", "Telegram"
        MESSENGER = "messenger", "Messenger"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=10, choices=Scheme)
    value = models.CharField(
        max_length=150, help_text="Phone: E.164, in the one form that equivalent numbers share."
    )
    scope = models.CharField(max_length=64, blank=True, help_text="The business portfolio of a BSUID.")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.CharField(max_length=40, blank=True, help_text="The kind of channel that proved it.")
    last_heard_at = models.DateTimeField(null=True, blank=True)
    last_failed_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(
        null=True, blank=True, help_text="Nothing has reached it since, and nobody has written from it."
    )
    failures_in_row = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "scheme", "scope", "value"],
                name="one_contact_per_identifier",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} of {self.contact}"
