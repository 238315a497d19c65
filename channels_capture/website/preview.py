"""A hosted page as it would be with a wording that is not published. Nothing is collected on it."""

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from channels_capture.website import context
from channels_capture.website.form import Choice
from optins import roles
from optins.admin.base import visible
from optins.models import CaptureChannel, NoticeTranslation


@csp_update({"style-src": [SELF, NONCE]})  # type: ignore[arg-type]
def preview_view(request: HttpRequest, channel_id: int) -> HttpResponse:
    """``?version=`` and ``?lang=``; without them what is published. A post shows the same page again."""
    if not roles.may_somewhere(request.user, "view_noticeversion"):
        raise PermissionDenied
    channel = visible(CaptureChannel.objects.all(), request).filter(pk=channel_id).first()
    if channel is None:
        raise Http404
    shown = _shown(request, channel)
    values = context.page(request, channel, shown, "", Choice(), "") | {"languages": []}
    response = render(request, "capture/website/preview.html", values | {"version": shown.version})
    add_never_cache_headers(response)
    return response


def _shown(request: HttpRequest, channel: CaptureChannel) -> NoticeTranslation:
    """A translation of the same organisation; raises Http404 where there is none such."""
    rows = visible(NoticeTranslation.objects.select_related("version__notice__organisation"), request)
    rows = rows.filter(version__notice__organisation=channel.organisation_id)
    version, language = request.GET.get("version", ""), request.GET.get("lang", "")
    if version.isdecimal():
        rows = rows.filter(version=int(version))
    else:
        rows = rows.filter(version__notice=channel.notice_id, version__status="published")
    found = rows.filter(language=language).first() or rows.order_by("language").first()
    if found is None:
        raise Http404
    return found
