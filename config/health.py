"""Whether this process lives, and whether it can serve."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from optins.models import guards


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers, is migrated and guards its ledger; else 503 and what is missing."""
    problems = []
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            problems.append("migrations are not applied")
        elif missing := guards.missing(connection):
            problems.append(f"triggers are missing: {', '.join(sorted(missing))}")
    except DatabaseError:
        problems.append("the database does not answer")
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, for this machine itself or with ``Authorization: Bearer METRICS_TOKEN``."""
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    allowed = settings.METRICS_TOKEN and constant_time_compare(sent, settings.METRICS_TOKEN)
    # Behind a proxy on this machine everybody comes from loopback: what was forwarded is not local.
    local = (
        request.META.get("REMOTE_ADDR") in {"127.0.0.1", "::1"} and "X-Forwarded-For" not in request.headers
    )
    if not allowed and not local:
        return HttpResponseForbidden()
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
