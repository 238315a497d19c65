"""Public pages that belong to no channel."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from optins.models import CaptureChannel


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, and where to go. Whose portal it is, only the demo tells."""
    pages = CaptureChannel.objects.filter(kind="website", is_active=True) if settings.DEMO else None
    return render(request, "home.html", {"pages": pages, "sandbox_url": settings.SANDBOX_URL})
