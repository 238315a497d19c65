"""What people ask about their own data, and what forbids to remove it for now."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from optins.models.base import Owned
from optins.models.contact import Contact
from optins.models.organisation import Organisation
from optins.models.sender import OutboundMessage


class DataSubjectRequest(Owned):
    """One request of a person about their own data. It holds no number: the contact's identifiers do."""

    class Kind(models.TextChoices):
        ACCESS = "access", "See what is kept"
        CORRECT = "correct", "Correct something"
        ERASE = "erase", "Erase everything"
        OBJECT = "object", "Object to messages"

    class CameBy(models.TextChoices):
        CHAT = "chat", "Chat"
        PAGE = "page", "Own page"
        STAFF = "staff", "Staff"

    class IdentityCheck(models.TextChoices):
        NONE = "", "Not checked yet"
        OWN_MESSAGE = "own_message", "Wrote from this very number"
        CALLED_BACK = "called_back", "Called back on this number"
        DOCUMENT = "document", "Showed a document"
        KNOWN = "known", "Known in person"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        APPROVED = "approved", "Approved, being carried out"
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    class Refusal(models.TextChoices):
        NONE = "", "–"
        NOT_IDENTIFIED = "not_identified", "Could not show who they are"
        LEGAL_HOLD = "legal_hold", "A legal hold forbids it"
        NOTHING_KEPT = "nothing_kept", "Nothing is kept about them"
        TAKEN_BACK = "taken_back", "They took it back"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="data_subject_requests")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="data_subject_requests")
    kind = models.CharField(max_length=7, choices=Kind)
    came_by = models.CharField(max_length=5, choices=CameBy)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    rule_pack = models.CharField(max_length=40, blank=True, help_text="The pack that the due date is from.")
    identity_check = models.CharField(max_length=11, choices=IdentityCheck, blank=True)
    identity_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    identity_checked_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=14, choices=Refusal, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    farewell = models.ForeignKey(
        OutboundMessage,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The last reply to somebody who is erased; removed when it was sent.",
    )

    class Meta:
        ordering = ("due_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "refused"]) | ~Q(identity_check=""),
                name="identity_is_checked_before_anything_is_done",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(refusal=""), name="a_refusal_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.contact}"


class LegalHold(Owned):
    """Nothing about this contact is removed until it is released. It takes two people."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="legal_holds")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="legal_holds")
    reason = models.CharField(
        max_length=200, help_text="The matter, by its number; no name, nothing about health."
    )
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("placed_by")),
                name="nobody_approves_their_own_hold",
            )
        ]

    def __str__(self) -> str:
        return f"Hold on {self.contact}"
