"""One row of any table, for any organisation, with everything that it depends on."""

import itertools
from typing import Any

from django.db import models
from django.utils import timezone

from optins.models import Organisation, User

_numbers = itertools.count(1)
# What a table's own rules ask for and no type tells.
ALSO: dict[str, dict[str, Any]] = {
    "ConsentEvent": {"kind": "withdrawn"},
    "ImportBatch": {"operator": "somebody"},
    "OrganisationKey": {"use": "suppression"},
}
# What a table's own rules ask for besides, though each alone may be empty.
NEEDED_TOO = {"HeldBack": {"request"}}


class Rows:
    """Makes one row of each table of one organisation, and the same row again when it is asked for twice."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self._made: dict[type[models.Model], models.Model] = {Organisation: organisation}

    def of(self, model: type[models.Model]) -> models.Model:
        if model not in self._made:
            too = NEEDED_TOO.get(model.__name__, set())
            fields = [f for f in model._meta.concrete_fields if self._is_needed(f) or f.name in too]
            values = {f.name: self._value(f) for f in fields}
            self._made[model] = model._default_manager.create(**values | ALSO.get(model.__name__, {}))
        return self._made[model]

    @staticmethod
    def _is_needed(field: models.Field) -> bool:
        its_own_key = field.primary_key and not field.is_relation
        made_by_itself = its_own_key or field.has_default() or getattr(field, "auto_now_add", False)
        return not (field.null or field.blank or made_by_itself)

    def _value(self, field: Any) -> Any:
        number = next(_numbers)
        if field.is_relation:
            return (
                User.objects.create(username=f"u{number}")
                if field.related_model is User
                else self.of(field.related_model)
            )
        if field.choices:
            return field.choices[0][0] if field.choices[0][0] != "" else field.choices[1][0]
        by_type: dict[str, Any] = {
            "DateTimeField": timezone.now,
            "DateField": lambda: timezone.now().date(),
            "JSONField": dict,
            "BinaryField": bytes,
            "BooleanField": bool,
        }
        text_like = isinstance(field, models.CharField | models.TextField)
        return f"x{number}" if text_like else by_type.get(field.get_internal_type(), lambda: number)()
