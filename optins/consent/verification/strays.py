"""Rows that belong nowhere: what they belonged to was removed past the database's own checks."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, Model, OuterRef, QuerySet

from optins.consent.verification.findings import Finding, Kind
from optins.models import ConsentEvent, Evidence, Organisation, Seal, SealedEvent

_HOMES = (
    (ConsentEvent, "event", "organisation", Organisation),
    (SealedEvent, "leaf", "organisation", Organisation),
    (Seal, "head", "organisation", Organisation),
)


def check() -> Iterator[Finding]:
    for model, subject, path, home in _HOMES:
        for key in _homeless(model, path, home).values_list("pk", flat=True):
            text = f"{subject.capitalize()} {key} is a stray: the {path} that it names is not there."
            yield Finding(Kind.STRAY, "", subject, str(key), text)
    for event, part in _homeless(Evidence, "event", ConsentEvent).values_list("event_id", "part"):
        text = f"Event {event} was removed: there is still evidence ({part}) of it."
        yield Finding(Kind.STRAY, "", "evidence", f"{event}/{part}", text)


def _homeless(model: type[Model], path: str, home: type[Model]) -> QuerySet[Any]:
    there = home._default_manager.filter(pk=OuterRef(f"{path}_id"))
    return model._default_manager.filter(~Exists(there))
