"""What the parts of the versions' screen share: finding the version, showing a page, going back to it."""

from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from optins import roles
from optins.admin.base import visible
from optins.models import NoticeVersion, User


def me(request: HttpRequest) -> User:
    """Who is signed in: nobody else gets to a page of the admin."""
    return cast(User, request.user)


class WordingScreen(admin.ModelAdmin):
    """A part of the screen; the screen itself puts the parts together."""

    def version(self, request: HttpRequest, version_id: int, *permissions: str) -> NoticeVersion:
        """The version, where they may do one of these in its organisation."""
        if not any(roles.may_somewhere(request.user, permission) for permission in permissions):
            raise PermissionDenied
        rows = NoticeVersion.objects.select_related("notice__organisation", "author", "approver")
        found: NoticeVersion | None = visible(rows, request, *permissions).filter(pk=version_id).first()
        if found is None:
            raise Http404
        return found

    def draft(self, request: HttpRequest, version_id: int) -> NoticeVersion:
        """The version, where they may write it and it is still a draft."""
        version = self.version(request, version_id, "change_noticeversion")
        if version.status != NoticeVersion.Status.DRAFT:
            raise PermissionDenied
        return version

    def page(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> TemplateResponse:
        own = {"opts": self.opts, "media": self.media}
        values = {**self.admin_site.each_context(request), **own, **context}
        return TemplateResponse(request, f"admin/wording/{name}.html", values, status=status)

    @staticmethod
    def address_of(version: NoticeVersion, part: str = "") -> str:
        return reverse("admin:optins_noticeversion_change", args=[version.pk]) + part

    def back_to(self, version: NoticeVersion, part: str = "") -> HttpResponseRedirect:
        return HttpResponseRedirect(self.address_of(version, part))
