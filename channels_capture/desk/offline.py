"""The installed page: what it is made of, and the three things that it asks the server."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from channels_capture.desk import devices, entries, scripts, staff
from channels_capture.desk.written import Refused, moment, storable
from optins import roles
from optins.consent import wording
from optins.models import Organisation

MOST_AT_ONCE = 50
_SCRIPTS = tuple(f"desk/{name}.js" for name in ("page", "store", "device", "sync", "queue", "app"))
_FILES = (*_SCRIPTS, "desk/desk.css", "admin_skin/mark.svg")


@require_safe
@staff.for_agents
def app(request: HttpRequest) -> HttpResponse:
    """The page itself. A browser keeps it, with the scripts in it, for when there is no connection."""
    data = {
        "user": request.user.pk,
        "channels": [scripts.of(row) for row in staff.channels(request.user)],
        "addresses": {name: reverse(f"desk_{name}") for name in ("devices", "stock", "entries", "worker")},
        "stock": devices.STOCK,
    }
    return render(request, "desk/app.html", {"data": data, "scripts": _SCRIPTS})


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    icon = {"src": static("admin_skin/mark.svg"), "sizes": "any", "type": "image/svg+xml"}
    said = {
        "name": "Sayso desk",
        "short_name": "Desk",
        "start_url": reverse("desk_app"),
        "scope": reverse("desk"),
        "display": "standalone",
        "background_color": "#f6f4ef",
        "theme_color": "#155e63",
        "icons": [icon],
    }
    return JsonResponse(said, content_type="application/manifest+json")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. A change in any file it keeps is a change in it."""
    files = [static(name) for name in _FILES]
    values = {"page": reverse("desk_app"), "files": json.dumps(files), "version": _version(files)}
    response = render(request, "desk/worker.js", values, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


def _version(files: list[str]) -> str:
    return hashlib.sha256("\n".join(files).encode()).hexdigest()[:12]


# What the page asks


class BadRequest(ValueError):
    """What was sent is not of the shape that the page sends."""


def _json(view: Callable[[HttpRequest, dict[str, Any]], dict[str, Any]]) -> staff.View:
    """A view that takes and gives JSON; what cannot be done is answered with 422 and a ``problem``."""

    @require_POST
    @staff.for_agents
    def wrapped(request: HttpRequest) -> HttpResponse:
        try:
            said = json.loads(request.body)
            if not isinstance(said, dict):
                raise BadRequest("Send a JSON object.")
            return JsonResponse(view(request, said))
        except (devices.DeviceError, BadRequest, wording.NoWording) as error:
            return JsonResponse({"problem": str(error)}, status=422)
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return JsonResponse({"problem": "This cannot be read."}, status=400)

    return wrapped


def _register(request: HttpRequest, said: dict[str, Any]) -> dict[str, Any]:
    rows = Organisation.objects.filter(pk__in=roles.reach(request.user, "capture"))
    organisation = get_object_or_404(rows, slug=_text(said, "organisation"))
    device = devices.register(request.user, organisation, _text(said, "public_key"), _text(said, "name"))
    return {"device": str(device.uuid)}


def _stock(request: HttpRequest, said: dict[str, Any]) -> dict[str, Any]:
    device = devices.in_force(request.user, _text(said, "device"))
    channel = staff.channel(request.user, _text(said, "channel"))
    have = max(0, int(said["have"]))
    found = devices.reserve(device, channel, devices.STOCK - have, timezone.now())
    expires = timezone.now() + devices.RESERVED_FOR
    return {"codes": [{"code": r.code, "qr": r.qr, "expires_at": expires.isoformat()} for r in found]}


def _entries(request: HttpRequest, said: dict[str, Any]) -> dict[str, Any]:
    now = timezone.now()
    device = devices.in_force(request.user, _text(said, "device"))
    ahead = moment(_text(said, "now")) - now
    rows = list(said["entries"])[:MOST_AT_ONCE]
    return {"outcomes": [_outcome(partial(entries.take, device), row, ahead, now) for row in rows]}


def _outcome(take: Callable[..., None], row: Any, ahead: timedelta, now: datetime) -> dict[str, Any]:
    try:
        take(_text(row, "entry"), _text(row, "signature"), ahead, now)
    except (Refused, BadRequest) as error:
        return {"outcome": "refused", "why": str(error)}
    return {"outcome": "recorded", "why": ""}


def _text(said: Any, name: str) -> str:
    try:
        return storable(said[name])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadRequest(f"{name} is a text.") from error


register, stock, upload = _json(_register), _json(_stock), _json(_entries)
