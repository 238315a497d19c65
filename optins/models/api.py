"""Who may use the API, and what they were answered."""

import hashlib
import secrets
from typing import Any

from django.db import models

from optins.models.base import Owned
from optins.models.organisation import Organisation


class ApiKey(Owned):
    """One key of one organisation. Only its digest is kept: it is shown once, when it is made."""

    class Scope(models.TextChoices):
        GATE = "gate", "Ask the gate"
        CAPTURE = "capture", "Record consent"
        READ = "read", "Read records"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API key"

    def __str__(self) -> str:
        return self.name

    # REST framework asks this of whoever is authenticated.
    is_authenticated = True

    @staticmethod
    def digest_of(key: str) -> str:
        """A plain digest is enough: the key is 256 random bits, so there is nothing to guess."""
        return hashlib.sha256(key.encode()).hexdigest()

    @classmethod
    def make(cls, organisation: Organisation, name: str, scopes: list[str]) -> tuple["ApiKey", str]:
        """A new key and its text, which cannot be shown again."""
        text = f"sayso_{secrets.token_urlsafe(32)}"
        row = cls.objects.create(
            organisation=organisation, name=name, scopes=scopes, digest=cls.digest_of(text)
        )
        return row, text


class ApiIdempotency(Owned):
    """What one request with an Idempotency-Key was answered, so that a repeat is answered alike."""

    organisation_path = "api_key__organisation"

    api_key = models.ForeignKey(ApiKey, models.CASCADE, related_name="+")
    key = models.CharField(max_length=64, help_text="Digest of the Idempotency-Key.")
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body: Any = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key", "key"], name="one_answer_per_idempotency_key"),
        ]

    def __str__(self) -> str:
        return f"Answer {self.pk}"
