"""Who saw, exported, changed or approved what."""

from django.conf import settings
from django.db import models

from optins.models.base import Owned
from optins.models.organisation import Organisation


class AuditEntry(Owned):
    """One thing that a member of staff did. Append-only, and without numbers: it names rows by id.

    ``user`` is empty where somebody did it by a command on the server: the command knows no member of staff.
    """

    class Action(models.TextChoices):
        VIEWED = "viewed", "Saw"
        LOOKED_UP = "looked_up", "Looked up"
        EXPORTED = "exported", "Exported"
        CHANGED = "changed", "Changed"
        APPROVED = "approved", "Approved"
        REJECTED = "rejected", "Rejected"
        IMPORTED = "imported", "Imported"
        WITHDREW = "withdrew", "Recorded a withdrawal"
        SIGNED_IN = "signed_in", "Signed in"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="audit_entries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField(max_length=10, choices=Action)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="Why, where one had to be given.")
    detail = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "audit entries"
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["organisation", "-at"], name="audit_by_time")]

    def __str__(self) -> str:
        who = self.user or "A command"
        return f"{who} {self.get_action_display().lower()} {self.object_type} {self.object_id}".strip()
