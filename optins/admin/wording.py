"""Notices, their versions and translations. What was published can be read and not changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from optins.admin.base import Scoped, ScopedAdmin
from optins.models import Notice, NoticeTranslation, NoticeVersion

_DRAFTS = {NoticeVersion.Status.DRAFT, NoticeVersion.Status.IN_REVIEW}


class TranslationInline(Scoped, admin.StackedInline):
    model = NoticeTranslation
    extra = 0


@admin.register(Notice)
class NoticeAdmin(ScopedAdmin):
    list_display = ("name", "organisation")


@admin.register(NoticeVersion)
class NoticeVersionAdmin(ScopedAdmin):
    list_display = ("__str__", "status", "change", "published_at")
    list_filter = ("status",)
    inlines = (TranslationInline,)
    readonly_fields = ("status", "author", "approver", "published_at", "retired_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.status in _DRAFTS)
