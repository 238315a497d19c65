"""Which rows a member of staff may see and choose; everything here starts from their roles."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest

from optins import roles
from optins.models import Organisation, User


def visible(queryset: QuerySet, request: HttpRequest, *permissions: str) -> QuerySet:
    """The rows of the organisations in which the user may do one of these: to see them, unless named.

    Models that belong to no organisation are left as they are.
    """
    model = queryset.model
    keys = roles.reach(request.user, *(permissions or (f"view_{model._meta.model_name}",)))
    if model is User:
        return queryset.filter(memberships__organisation__in=keys).distinct()
    if model is Organisation:
        return queryset.filter(pk__in=keys)
    if path := getattr(model, "organisation_path", None):
        return queryset.filter(**{f"{path}__in": keys})
    return queryset


class OwnRelated(admin.RelatedFieldListFilter):
    """A filter by a related row offers those that the user may see; Django's offers everybody's."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin) -> Any:
        rows = visible(field.remote_field.model._default_manager.all(), request)
        return field.get_choices(
            include_blank=False,
            ordering=self.field_admin_ordering(field, request, model_admin),
            limit_choices_to={"pk__in": rows.values("pk")},
        )


def _is_related(field: Field) -> bool:
    return bool(field.remote_field)


admin.FieldListFilter.register(_is_related, OwnRelated, take_priority=True)


def lookups_offered(screen: admin.ModelAdmin, request: HttpRequest) -> set[str]:
    """The names by which a list's address may filter it: those of its filters."""
    offered = {screen.date_hierarchy} if screen.date_hierarchy else set()
    for item in screen.get_list_filter(request):
        first = item[0] if isinstance(item, tuple | list) else item
        offered.add(str(getattr(first, "parameter_name", first)))
    return offered


class OneOrganisation(forms.ModelForm):
    """A row and all that it names belong to one organisation, also for staff of several."""

    # Of a row that is changed; a new one belongs where its first related row does.
    row_organisation: int | None = None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        owners = {name: _owners(value) for name, value in values.items()}
        own = self.row_organisation or next(iter(owners.get("organisation", ())), None)
        for name, keys in owners.items():
            own = own or next(iter(keys), None)
            if keys - {own}:
                self.add_error(name, "This belongs to another organisation.")
        return self.cleaned_data


def _owners(value: Any) -> set[int]:
    rows: Iterable[Any] = value if isinstance(value, QuerySet) else [value]
    keys = {roles.organisation_of(row) for row in rows if isinstance(row, Model)}
    return {key for key in keys if key is not None}
