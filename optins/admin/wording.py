"""Notices, their versions and translations. What was published can be read and not changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from optins.admin.base import Scoped, ScopedAdmin
from optins.admin.columns import badge_of
from optins.models import Notice, NoticeTranslation, NoticeVersion

_STATUS = NoticeVersion.Status
_DRAFTS = {_STATUS.DRAFT, _STATUS.IN_REVIEW}


class TranslationInline(Scoped, admin.StackedInline):
    model = NoticeTranslation
    extra = 0


@admin.register(Notice)
class NoticeAdmin(ScopedAdmin):
    section = "wording"
    place = 1
    label = "Opt-in wording"
    help = "What people are shown before they agree."
    empty = "No wording yet. Add a notice, then write its first version."
    list_display = ("name", "organisation")


@admin.register(NoticeVersion)
class NoticeVersionAdmin(ScopedAdmin):
    section = "wording"
    place = 2
    label = "Versions"
    help = "Each wording of a notice; what was published can be read and not changed."
    empty = "No version yet."
    list_display = (
        "__str__",
        badge_of("status", {_STATUS.PUBLISHED: "good", _STATUS.IN_REVIEW: "wait"}),
        "change",
        "published_at",
    )
    list_filter = ("status",)
    list_select_related = ("notice",)
    inlines = (TranslationInline,)
    readonly_fields = ("status", "author", "approver", "published_at", "retired_at")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.status in _DRAFTS)
