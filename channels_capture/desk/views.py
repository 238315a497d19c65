"""The desk of staff: choose a channel, read the script out, tick, hand the code over."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from channels_capture.desk import capturing, context, form, staff, tokens
from channels_capture.desk.form import Filled
from optins.consent import wording
from optins.models import CaptureChannel

ONCE = "This was sent before and is on record. The next person begins here."


@require_safe
@staff.for_agents
def home(request: HttpRequest) -> HttpResponse:
    """Each channel at which this user may capture."""
    rows = staff.channels(request.user).order_by("organisation__name", "name")
    found = [{"row": row, "kind": staff.desk_of(row)} for row in rows]
    return render(request, "desk/home.html", {"channels": found})


@require_http_methods(["GET", "HEAD", "POST"])
@staff.for_agents
def capture(request: HttpRequest, slug: str) -> HttpResponse:
    """The script and the form; or, once it is sent, the code to hand over."""
    channel = staff.channel(request.user, slug)
    try:
        return _post(request, channel) if request.method == "POST" else _show(request, channel)
    except wording.NoWording:
        return render(request, "desk/closed.html", {"channel": channel}, status=404)


def _show(
    request: HttpRequest, channel: CaptureChannel, filled: Filled | None = None, problem: str = ""
) -> HttpResponse:
    shown = wording.translation(channel.notice, request.GET.get("lang", ""))
    token = tokens.make(channel, shown)
    kind = staff.desk_of(channel)
    values = context.page(request, channel, kind, shown, token, filled or Filled(), problem)
    return render(request, "desk/capture.html", values, status=422 if filled or problem else 200)


def _post(request: HttpRequest, channel: CaptureChannel) -> HttpResponse:
    kind = staff.desk_of(channel)
    filled = form.read(request, channel, kind)
    try:
        rendered = tokens.read(request.POST.get("token", ""), channel)
    except tokens.TokenError as error:
        return _show(request, channel, filled, str(error))
    if filled.errors:
        return _show(request, channel, filled)
    noted = {kind.noted: filled.noted}
    try:
        done = capturing.capture(channel, rendered, filled, noted, request.user.pk or 0, timezone.now())
    except capturing.CapturedBefore:
        return _show(request, channel, problem=ONCE)
    return render(request, "desk/answer.html", context.answer(channel, done, filled))
