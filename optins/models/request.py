"""What was put to somebody: a code to send, or a question in a chat."""

import secrets
import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from optins.models.base import Owned, OwnedQuerySet
from optins.models.channel import CaptureChannel, Placement
from optins.models.notice import NoticeTranslation
from optins.models.organisation import Organisation
from optins.models.purpose import Purpose


def new_question_id() -> str:
    return secrets.token_urlsafe(12)


class ConsentRequestQuerySet(OwnedQuerySet):
    def open(self, now: datetime) -> Self:
        """What may still be answered."""
        return self.filter(expires_at__gt=now)

    def put_to(self, addressees: list[str]) -> Self:
        """Questions put to any of these addressees (digests)."""
        if not addressees:
            return self.none()
        return self.filter(Q(addressee_number__in=addressees) | Q(addressee_bsuid__in=addressees))


class ConsentRequest(Owned):
    """One request or question. It is no act: answers are events, and do not use it up."""

    class Kind(models.TextChoices):
        CONSENT = "consent", "May we message you?"
        WAS_THAT_YOU = "was_that_you", "Was that you?"
        SCOPE = "scope", "Which of them?"
        KEEP = "keep", "Keep one of them?"
        FORGET = "forget", "Forget you?"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.CONSENT)
    channel = models.ForeignKey(CaptureChannel, models.PROTECT, related_name="requests")
    placement = models.ForeignKey(Placement, models.SET_NULL, null=True, blank=True, related_name="+")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="questions",
        help_text="The request that this question is about.",
    )
    translation = models.ForeignKey(NoticeTranslation, models.PROTECT, related_name="+")
    shown = models.CharField("page or script version", max_length=64, blank=True)
    purposes = models.ManyToManyField(Purpose, related_name="+")
    language = models.CharField(max_length=12)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    code_digest = models.CharField(max_length=64, blank=True)
    question_id = models.CharField(max_length=20, unique=True, default=new_question_id, editable=False)
    typed_number = models.CharField(
        max_length=16, blank=True, help_text="Lives here alone, for 30 days after expiry."
    )
    own_age = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The age that the box for marketing said: “I am … or older”."
    )
    filled_in = models.JSONField(
        default=dict,
        blank=True,
        help_text="What the person wrote into a prescribed form; becomes evidence and goes with the number.",
    )
    referral = models.JSONField(
        default=dict,
        blank=True,
        help_text="What the platform said of the ad that opened the chat; becomes evidence, and goes.",
    )
    client_address = models.CharField(
        max_length=45, blank=True, help_text="As far as the organisation keeps it; goes with its own time."
    )
    # Whom a question was put to, as keyed digests: no contact need exist.
    addressee_number = models.CharField(max_length=64, blank=True)
    addressee_bsuid = models.CharField(max_length=64, blank=True)
    is_test = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar = ConsentRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code_digest"],
                condition=~Q(code_digest=""),
                name="one_request_per_code",
            )
        ]
        indexes = [
            models.Index(
                fields=["organisation", "typed_number"],
                condition=~Q(typed_number=""),
                name="requests_by_number",
            ),
            models.Index(
                fields=["addressee_number"],
                condition=~Q(addressee_number=""),
                name="questions_by_number",
            ),
            models.Index(
                fields=["addressee_bsuid"],
                condition=~Q(addressee_bsuid=""),
                name="questions_by_bsuid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({str(self.uuid)[:8]})"
