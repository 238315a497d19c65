"""A channel's page for staff, with the wording of any version of its organisation."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from channels_capture import registry
from optins import roles
from optins.admin.base import visible
from optins.models import CaptureChannel, NoticeTranslation


def preview_view(request: HttpRequest, channel_id: int) -> HttpResponse:
    """``?version=`` and ``?lang=``; without them what is published."""
    if not roles.may_somewhere(request.user, "view_noticeversion"):
        raise PermissionDenied
    channel = (
        visible(CaptureChannel.objects.select_related("organisation"), request).filter(pk=channel_id).first()
    )
    kind = registry.kind_of(channel) if channel else None
    if channel is None or kind is None or kind.preview is None:
        raise Http404
    response = kind.preview(request, channel, _shown(request, channel))
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
