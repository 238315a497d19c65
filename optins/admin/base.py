"""What every screen shares: it shows and does what the user's roles allow, organisation by organisation."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db.models import DateTimeField, ForeignKey, ManyToManyField, Model, QuerySet, URLField
from django.forms import ModelForm
from django.http import HttpRequest

from optins import audit, roles
from optins.admin.scope import OneOrganisation, lookups_offered
from optins.admin.scope import visible as visible
from optins.admin.widgets import Moment
from optins.models import AuditEntry
from optins.models.base import EncryptedTextField


class Scoped(admin.options.BaseModelAdmin):
    """Asks the user's roles, and starts each queryset and each choice of a related row from them."""

    formfield_overrides = {
        URLField: {"assume_scheme": "https", "widget": forms.URLInput},
        DateTimeField: {"form_class": forms.DateTimeField, "widget": Moment},
        ManyToManyField: {"widget": forms.CheckboxSelectMultiple},
    }

    def _may(self, request: HttpRequest, action: str, obj: Any) -> bool:
        """On a row (of an inline: the row above), what the role there allows; else the role anywhere."""
        return request.user.has_perm(f"optins.{action}_{self.opts.model_name}", obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without secrets for whoever cannot change them: only a form hides what a secret is."""
        shown = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj) or (obj is None and self.has_add_permission(request)):
            return shown
        secret = {field.name for field in self.opts.fields if isinstance(field, EncryptedTextField)}
        return [(name, {**of, "fields": _without(of["fields"], secret)}) for name, of in shown]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return visible(super().get_queryset(request), request)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self._choices(db_field, request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("queryset", self._choices(db_field, request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without Django's buttons for a second window in which to change the related row."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def _choices(self, db_field: Any, request: HttpRequest) -> QuerySet:
        """The related rows where the user may add or change a row of this screen."""
        rows = db_field.remote_field.model._default_manager.all()
        name = self.opts.model_name
        return visible(visible(rows, request), request, f"add_{name}", f"change_{name}")


def _without(fields: Any, secret: set[str]) -> list[Any]:
    """The same rows and lines of fields, less the secret ones."""
    return [
        _without(item, secret) if isinstance(item, list | tuple) else item
        for item in fields
        if isinstance(item, list | tuple) or item not in secret
    ]


class ScopedAdmin(Scoped, admin.ModelAdmin):
    """A screen whose rows can be changed. Nothing is deleted: what ends is closed, retired or revoked.

    ``notes_views``: whether the audit says who opened a row.
    """

    notes_views = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: type[ModelForm] = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (OneOrganisation, form), {"row_organisation": roles.organisation_of(obj)})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what a filter of the list offers: any other column would let a hidden value be guessed."""
        offered = lookups_offered(self, request)
        named = any(lookup == name or lookup.startswith(f"{name}__") for name in offered)
        return named and super().lookup_allowed(lookup, value, request)

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        if self.notes_views and obj is not None and request.method == "GET":
            audit.note(request.user, roles.organisation_of(obj) or 0, AuditEntry.Action.VIEWED, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        self.note(request, obj, {"added": self.opts.model_name})
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        if fields := fields_of(message):
            self.note(request, obj, {"fields": fields})
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet) -> Any:
        for obj in queryset:
            self.note(request, obj, {"removed": self.opts.model_name})
        return super().log_deletions(request, queryset)

    def note(self, request: HttpRequest, obj: Any, detail: dict[str, Any]) -> None:
        """Write down a change: what was touched by name, never a value."""
        organisation = roles.organisation_of(obj)
        if organisation:
            audit.note(request.user, organisation, AuditEntry.Action.CHANGED, obj, detail=detail)


def fields_of(message: Any) -> list[str]:
    """The names of the changed fields in Django's own words for a change; rows beneath by their model."""
    names: list[str] = []
    for entry in message if isinstance(message, list) else []:
        for verb, what in entry.items():
            beneath = what.get("name")
            fields = what.get("fields", [])
            names += [f"{beneath}: {field}" for field in fields] if beneath and fields else fields
            names += [f"{beneath}: {verb}"] if beneath and not fields else []
    return names


class ReadOnlyAdmin(ScopedAdmin):
    """A screen that only shows: the ledger, and what the rules compute."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(Scoped, admin.TabularInline):
    """Rows beneath another that are only shown."""

    extra = 0
    can_delete = False
    show_change_link = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
