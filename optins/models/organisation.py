"""Who asks for consent, and the staff who work for them."""

import secrets
from functools import cached_property
from typing import Any, Self

from django.contrib import auth
from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ImproperlyConfigured
from django.core.validators import RegexValidator
from django.db import models

from optins.models.base import EncryptedTextField, Owned


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """The open organisations in which the user has a membership."""
        if not getattr(user, "is_active", False):
            return self.none()
        return self.filter(memberships__user=user, closed_at=None)


class Organisation(models.Model):
    """One organisation that asks people for permission: the controller of its records."""

    class IpPolicy(models.TextChoices):
        NONE = "none", "Do not keep"
        TRUNCATED = "truncated", "Keep without its last part"
        FULL = "full", "Keep"

    slug = models.SlugField(unique=True)
    name = models.CharField(
        "display name", max_length=80, help_text="As people know it; every notice names it."
    )
    names = models.JSONField(
        "name in other languages",
        default=dict,
        blank=True,
        help_text='By language, each form that may stand in a notice: {"ar": ["عيادة ريفرسايد"]}',
    )
    legal_name = models.CharField(max_length=200, blank=True)
    postal_address = models.TextField(blank=True)
    contact = models.CharField(
        max_length=200, blank=True, help_text="Whom people can ask: e-mail or telephone."
    )
    contact_person = models.CharField(
        max_length=200,
        blank=True,
        help_text="Who answers for people's data, by name or office; some laws ask for one.",
    )
    privacy_url = models.URLField("privacy notice", blank=True)
    country = models.CharField(max_length=2, help_text="ISO 3166 alpha-2, e.g. ZA")
    time_zone = models.CharField(max_length=64, default="UTC")
    languages = models.JSONField(default=list, help_text="Language codes, the usual one first.")
    brand_colour = models.CharField(
        max_length=7, default="#155e63", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    ip_policy = models.CharField(max_length=10, choices=IpPolicy, default=IpPolicy.NONE)
    ip_kept_days = models.PositiveSmallIntegerField("days that addresses are kept", default=90)
    evidence_kept_days = models.PositiveIntegerField(
        "days that evidence is kept",
        null=True,
        blank=True,
        help_text="After it was recorded, and always while a consent rests on it. Empty: no limit.",
    )
    rule_overlay = models.JSONField(
        "own rules",
        default=dict,
        blank=True,
        help_text='Stricter than the law asks, never looser: {"consent.expiry_months": 24}',
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        # What no model's own permissions say. Who has which: optins/roles.py.
        permissions = (
            ("use_admin", "Can use the admin"),
            ("see_numbers", "Can see numbers unmasked"),
            ("see_evidence", "Can see evidence"),
            ("export", "Can export"),
            ("import", "Can upload files of consents"),
            ("approve", "Can approve and decide"),
            ("record_withdrawal", "Can record a withdrawal on somebody's behalf"),
            ("capture", "Can collect consent at the desk"),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        is_new = self._state.adding
        super().save(*args, **kwargs)
        if is_new:
            # Made here: a transaction that made it on the way and failed would leave it in memory alone.
            _ = self.digest_key

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise models.ProtectedError("An organisation is closed, never deleted.", {self})

    @cached_property
    def digest_key(self) -> str:
        """The secret behind the digests of events, codes and addressees; made with the organisation."""
        key, _ = OrganisationKey.objects.get_or_create(organisation=self, use=OrganisationKey.Use.DIGEST)
        return key.readable


def _new_secret() -> str:
    return secrets.token_hex(32)


class OrganisationKey(Owned):
    """One secret key of an organisation; the newest of its use makes, all of them check."""

    class Use(models.TextChoices):
        DIGEST = "digest", "Digests of events, codes and addressees"
        SUPPRESSION = "suppression", "Digests of suppressed numbers"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="keys")
    use = models.CharField(max_length=12, choices=Use)
    secret = EncryptedTextField(default=_new_secret)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            # An event keeps its digest for ever, so the key behind it cannot be changed.
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(use="digest"),
                name="one_digest_key_per_organisation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.use} key {self.pk}"

    @property
    def readable(self) -> str:
        """The secret. Raises rather than make digests that nothing will ever match."""
        if not self.secret:
            raise ImproperlyConfigured(f"{self} was encrypted with a key that ENCRYPTION_KEYS does not list.")
        return self.secret


class User(AbstractUser):
    """One member of staff. What they may see and do follows from their memberships."""

    phone = models.CharField(
        max_length=16,
        blank=True,
        help_text="Their own WhatsApp number: it never confirms a capture they made.",
    )

    @cached_property
    def roles(self) -> dict[int, str]:
        """The user's role in each of their open organisations, by its key; read once per object."""
        if not self.is_active:
            return {}
        own = self.memberships.filter(organisation__closed_at=None)
        return dict(own.values_list("organisation_id", "role"))

    @property
    def is_staff(self) -> bool:
        """Whether they may sign in to the admin: whoever has a membership, and a superuser."""
        return self.is_active and (self.is_superuser or bool(self.roles))

    @is_staff.setter
    def is_staff(self, value: bool) -> None:
        """Django's own way to make users sets it; it follows from memberships all the same."""

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """What the backends say. Unlike in Django, a superuser has no short cut past them."""
        return any(backend.has_perm(self, perm, obj) for backend in _backends("has_perm"))

    def has_module_perms(self, app_label: str) -> bool:
        return any(backend.has_module_perms(self, app_label) for backend in _backends("has_module_perms"))


def _backends(method: str) -> list[Any]:
    return [backend for backend in auth.get_backends() if hasattr(backend, method)]


class Membership(Owned):
    """One role of one user in one organisation."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        MANAGER = "manager", "Manager: channels, notices, QR codes"
        REVIEWER = "reviewer", "Reviewer: approves"
        AGENT = "agent", "Agent: captures only"
        AUDITOR = "auditor", "Auditor: reads, sees evidence"
        VIEWER = "viewer", "Viewer: reads, numbers masked"

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"], name="one_role_per_user_and_organisation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"
