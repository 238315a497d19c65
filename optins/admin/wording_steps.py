"""The steps of a version's life: handed in, sent back, approved, retired. Each is audited."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from optins import roles
from optins.admin import wording_page
from optins.admin.steps import Noted, take
from optins.admin.wording_forms import HandInForm, SendBackForm
from optins.admin.wording_screen import WordingScreen, me
from optins.consent import publishing, wording_facts
from optins.models import AuditEntry, NoticeVersion

Action = AuditEntry.Action


class Steps(WordingScreen):
    def submit_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        version = self.version(request, version_id, "change_noticeversion")
        form = HandInForm(request.POST)
        if request.method == "POST" and not form.is_valid():
            return self._again(request, version, hand_in=form)
        change = form.cleaned_data["change"] if request.method == "POST" else ""
        act = partial(publishing.submit, version, me(request), timezone.now(), change)
        return self._step(request, version, act, Action.CHANGED, "Handed in. Another person approves it now.")

    def back_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        """Sent back by a reviewer, who says why; or taken back by its author."""
        version = self.version(request, version_id, "approve", "change_noticeversion")
        is_own = version.author_id == request.user.pk
        if not (is_own or roles.may(request.user, "approve", version.notice.organisation)):
            raise PermissionDenied
        form = SendBackForm(request.POST)
        form.fields["reason"].required = not is_own
        if request.method == "POST" and not form.is_valid():
            return self._again(request, version, send_back=form)
        reason = form.cleaned_data["reason"] if request.method == "POST" else ""
        done = "It is a draft again."
        return self._step(
            request, version, partial(publishing.send_back, version, reason), Action.REJECTED, done, reason
        )

    def approve_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        version = self.version(request, version_id, "approve")
        if request.method == "POST" and not self._has_seen(request, version):
            message = "The check has something for you to look at: read it, and tick that you did."
            return self._again(request, version, unread=message)
        act = partial(publishing.publish, version, me(request), timezone.now())
        return self._step(request, version, act, Action.APPROVED, "Published. People see it from now on.")

    def retire_view(self, request: HttpRequest, version_id: int) -> HttpResponse:
        version = self.version(request, version_id, "approve")
        act = partial(publishing.retire, version, timezone.now())
        done = "Retired. Its channels collect nothing until another version is published."
        return self._step(request, version, act, Action.CHANGED, done)

    @staticmethod
    def _has_seen(request: HttpRequest, version: NoticeVersion) -> bool:
        """Whether they say that they read the warnings, and these very ones."""
        findings = wording_facts.findings_of(version)
        if not any(findings.values()) or version.status != NoticeVersion.Status.IN_REVIEW:
            return True
        return request.POST.get("seen") == publishing.fingerprint(findings)

    def _again(self, request: HttpRequest, version: NoticeVersion, **forms: Any) -> HttpResponse:
        values = wording_page.context(request, version, **forms)
        return self.page(request, "version", values, status=200)

    def _step(
        self,
        request: HttpRequest,
        version: NoticeVersion,
        act: Callable[[], NoticeVersion],
        action: str,
        done: str,
        reason: str = "",
    ) -> HttpResponse:
        """Do it and write it down, or say why it cannot be done now."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        take(request, act, Noted(action, reason, _detail), done, publishing.NotNow)
        return self.back_to(version)


def _detail(after: NoticeVersion) -> dict[str, Any]:
    alone = {"alone": True} if after.approved_alone else {}
    return {"status": after.status, "change": after.change, **alone}
