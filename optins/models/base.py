"""What every table that belongs to an organisation shares."""

from typing import Any, Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.db import models


class OwnedQuerySet(models.QuerySet):
    """Rows of one organisation each. Every view and screen starts from ``visible_to``."""

    def visible_to(self, user: Any) -> Self:
        """The rows of the organisations in which the user has a membership; nobody else's."""
        if not getattr(user, "is_active", False):
            return self.none()
        path = self.model.organisation_path  # type: ignore[attr-defined]
        return self.filter(**{f"{path}__memberships__user": user, f"{path}__closed_at": None})


class Owned(models.Model):
    """A row that belongs to one organisation, found by ``organisation_path``."""

    organisation_path = "organisation"

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


class EncryptedTextField(models.TextField):
    """Text that the database holds only encrypted: by the first of ENCRYPTION_KEYS, read by any."""

    def get_prep_value(self, value: Any) -> Any:
        return _fernet().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: Any, *_: Any) -> Any:
        if not value:
            return value
        try:
            return _fernet().decrypt(value.encode()).decode()
        except InvalidToken:
            # A lost key must not take the admin down: what cannot be read is an empty secret,
            # and an empty secret is a refusal everywhere.
            return ""

    def formfield(self, **kwargs: Any) -> Any:
        """A field that never shows the secret; left empty, the secret stays as it is."""
        widget = forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"})
        return super().formfield(**{**kwargs, "widget": widget, "required": False, "initial": ""})

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        if data:
            super().save_form_data(instance, data)
