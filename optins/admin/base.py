"""What every screen shares: it shows the user's own organisations, and nothing else."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, ManyToManyField, QuerySet, URLField
from django.http import HttpRequest


def visible(queryset: QuerySet, request: HttpRequest) -> QuerySet:
    """The rows that the user may see; models that belong to no organisation are left as they are."""
    return queryset.visible_to(request.user) if hasattr(queryset, "visible_to") else queryset


class Scoped(admin.options.BaseModelAdmin):
    """Starts each queryset and each choice of a related row from the user's organisations."""

    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return visible(super().get_queryset(request), request)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        model: Any = db_field.remote_field.model
        kwargs.setdefault("queryset", visible(model._default_manager.all(), request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: ManyToManyField, request: HttpRequest, **kwargs: Any) -> Any:
        model: Any = db_field.remote_field.model
        kwargs.setdefault("queryset", visible(model._default_manager.all(), request))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class ScopedAdmin(Scoped, admin.ModelAdmin):
    """A screen whose rows can be changed. Nothing is deleted: what ends is closed, retired or revoked."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
