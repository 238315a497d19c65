"""What every table that belongs to an organisation shares."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.conf import settings
from django.db import models, router
from django.db.models.constants import OnConflict


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


def insert_new(rows: Sequence[models.Model]) -> bool:
    """Insert the rows, but those whose like is there already, in one statement; whether all are new.

    Of two writers of one row the second waits for the first, and then knows: no savepoint is needed.
    """
    model: Any = type(rows[0])
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    using = router.db_for_write(model)
    # Django's own bulk_create does not say which rows it left out.
    written = model._base_manager.using(using)._insert(
        rows, fields=fields, returning_fields=[model._meta.pk], on_conflict=OnConflict.IGNORE, using=using
    )
    written = [each for each in written if each is not None]
    if len(written) < len(rows):
        return False
    for row, (key,) in zip(rows, written, strict=True):
        row.pk, row._state.adding, row._state.db = key, False, using
    return True


def _fernet() -> MultiFernet:
    return _fernet_of(tuple(settings.ENCRYPTION_KEYS))


@cache
def _fernet_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


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
