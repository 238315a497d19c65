"""Photos of forms: which one the evidence of an act names, and where it is kept."""

import re
from typing import Any

from django.db.models import Q, QuerySet

from optins.consent import answered
from optins.models import ConsentEvent, ConsentRequest, EvidenceFile

Door = ConsentEvent.Door
_DIGEST = re.compile("[0-9a-f]{64}")


def named_in(payload: Any, door: str) -> str:
    """The SHA-256 of the photo that our own code named in an act's evidence; empty where it named none.

    What others send as evidence is theirs: it names no photo of ours, whatever it looks like.
    """
    told = _inner(payload, "desk") if door == Door.WEBHOOK else payload
    found = _inner(_inner(told, "file"), "sha256")
    is_ours = door in {Door.DESK, Door.WEBHOOK} and isinstance(found, str)
    return found if is_ours and _DIGEST.fullmatch(found) else ""


def _inner(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def acts_about(files: list[int]) -> Q:
    """A condition on events: they may name one of these photos (by key)."""
    return Q(request__file__in=files) | Q(request__parent__file__in=files)


def kept_for(*event_ids: Any) -> QuerySet[EvidenceFile]:
    """Those of the requests that these acts answered."""
    behind = answered.by_acts(ConsentEvent.objects.filter(pk__in=event_ids))
    return EvidenceFile.objects.filter(request__in=ConsentRequest.objects.filter(behind))
