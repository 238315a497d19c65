"""One step in the life of a row: done and written down in one transaction, or refused in a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest

from optins import audit, roles


@dataclass(frozen=True, slots=True)
class Noted:
    """What the audit says of a step: ``detail`` of the row as it is afterwards."""

    action: str
    reason: str = ""
    detail: Callable[[Any], Mapping[str, Any]] = lambda _row: {}


def take(
    request: HttpRequest,
    act: Callable[[], Model],
    noted: Noted,
    done: str | Callable[[Any], str],
    *refusals: type[Exception],
) -> None:
    """Take the step and say ``done``, of the row as it is then; or say why it cannot be taken now."""
    try:
        with transaction.atomic():
            row = act()
            detail = dict(noted.detail(row))
            organisation = roles.organisation_of(row) or 0
            audit.note(request.user, organisation, noted.action, row, noted.reason, detail)
    except refusals as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done if isinstance(done, str) else done(row))
