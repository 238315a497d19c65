"""The photo or scan of a form that evidence names: for who may see evidence, noted in the audit."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from optins import audit, roles
from optins.admin.base import visible
from optins.consent import photos
from optins.models import AuditEntry, ConsentEvent, Evidence, EvidenceFile

_PDF = "application/pdf"


def file_view(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """The file itself. It is gone where the evidence is that named it."""
    if request.method != "GET" or not roles.may_somewhere(request.user, "see_evidence"):
        raise PermissionDenied
    event = visible(ConsentEvent.objects.filter(pk=event_id), request, "see_evidence").first()
    file = _file_of(event) if event else None
    if event is None or file is None:
        raise Http404
    audit.note(request.user, event.organisation_id, AuditEntry.Action.VIEWED, file)
    return _served(file)


def _file_of(event: ConsentEvent) -> EvidenceFile | None:
    act = Evidence.objects.filter(event=event, part=Evidence.Part.ACT).first()
    named = photos.named_in(act.payload, event.door) if act else ""
    return photos.kept_for(event.pk).filter(digest=named).first() if named else None


def _served(file: EvidenceFile) -> HttpResponse:
    """A picture in the browser, a PDF to keep: nothing in it may run here."""
    response = HttpResponse(bytes(file.content), content_type=file.media_type)
    how = "attachment" if file.media_type == _PDF else "inline"
    name = f"form-{str(file.digest)[:8]}.{file.media_type.partition('/')[2]}"
    response["Content-Disposition"] = f'{how}; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    add_never_cache_headers(response)
    return response
