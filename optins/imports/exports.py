"""What can be taken out: contacts, records and events. Their columns are those of an import, and more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from import_export import resources
from import_export.fields import Field

from optins.consent import numbers
from optins.imports.escaping import escaped
from optins.models import ConsentEvent, ConsentRecord, Contact, ContactIdentifier, Organisation

Scheme = ContactIdentifier.Scheme
_NUMBERS = Prefetch("contact__identifiers", ContactIdentifier.objects.filter(scheme=Scheme.PHONE))


class Export(resources.Resource):
    """Rows about contacts. Every cell is text that no spreadsheet takes for a formula."""

    contact = Field()
    phone = Field()
    wa_id = Field()

    def __init__(self, *, see_numbers: bool) -> None:
        super().__init__()
        self.see_numbers = see_numbers

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        return [str(name) for name in self.fields]

    def get_export_fields(self, selected_fields: Any = None) -> list[Field]:
        return list(self.fields.values())

    def export_field(self, field: Field, instance: Any, **kwargs: Any) -> str:
        return escaped(_text(super().export_field(field, instance, **kwargs)))

    def contact_of(self, row: Any) -> Contact:
        contact: Contact = row.contact
        return contact

    def dehydrate_contact(self, row: Any) -> Any:
        return self.contact_of(row).uuid

    def dehydrate_phone(self, row: Any) -> str:
        e164 = next((i.value for i in self.contact_of(row).identifiers.all() if i.scheme == Scheme.PHONE), "")
        return e164 if self.see_numbers or not e164 else numbers.masked(e164)

    def dehydrate_wa_id(self, row: Any) -> str:
        """The number as platforms take it: digits alone, which need no escaping."""
        return self.dehydrate_phone(row).removeprefix("+")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return "" if value is None else str(value)


class ContactExport(Export):
    """One row for each person: who they are, and what they may be messaged about."""

    language = Field("language")
    country = Field("country")
    consented = Field()
    stopped = Field()
    left_in_peace = Field()
    created_at = Field("created_at")
    is_test = Field("is_test")

    def dehydrate_left_in_peace(self, row: Contact) -> bool:
        """Whether nobody is to try to win them back; it does not say why."""
        return row.left_in_peace_at is not None

    def contact_of(self, row: Contact) -> Contact:
        return row

    def dehydrate_consented(self, row: Contact) -> str:
        return _keys(row, lambda record: record.grant_id is not None)

    def dehydrate_stopped(self, row: Contact) -> str:
        return _keys(row, lambda record: record.grant_id is None and record.stop_id is not None)


def _keys(contact: Contact, chosen: Callable[[ConsentRecord], bool]) -> str:
    return "|".join(sorted(record.purpose.key for record in contact.records.all() if chosen(record)))


class ActExport(Export):
    """Rows that an import reads back. ``act`` is the event that a row is about."""

    purposes = Field()
    status = Field()
    occurred_at = Field()
    language = Field()
    source = Field()
    evidence = Field()
    channel = Field()
    proved = Field()
    expires_at = Field()

    def act(self, row: Any) -> ConsentEvent | None:
        raise NotImplementedError

    def dehydrate_purposes(self, row: Any) -> str:
        return str(row.purpose.key) if row.purpose else "all"

    def dehydrate_status(self, row: Any) -> str:
        act = self.act(row)
        if act is None:
            return "none"
        return "taken back" if act.voids else act.kind

    def dehydrate_occurred_at(self, row: Any) -> Any:
        return _of(self.act(row), "occurred_at")

    def dehydrate_language(self, row: Any) -> Any:
        return _of(self.act(row), "language")

    def dehydrate_source(self, row: Any) -> Any:
        return _of(_of(self.act(row), "placement"), "code")

    def dehydrate_evidence(self, row: Any) -> str:
        """The reference that an import gave, else the event itself."""
        act = self.act(row)
        if act is None:
            return ""
        given = [proof.says("reference") for proof in act.evidence.all()] if self.see_numbers else []
        return str(next(filter(None, given), f"event:{act.pk}"))

    def dehydrate_channel(self, row: Any) -> Any:
        return _of(_of(self.act(row), "channel"), "slug")

    def dehydrate_proved(self, row: Any) -> Any:
        return _of(self.act(row), "proved")

    def dehydrate_expires_at(self, row: Any) -> Any:
        return _of(self.act(row), "expires_at")


def _of(thing: Any, name: str) -> Any:
    return getattr(thing, name) if thing else None


class RecordExport(ActExport):
    """One row for each person and purpose: what holds, since when and by what."""

    def act(self, row: ConsentRecord) -> ConsentEvent | None:
        return row.grant or row.stop


class EventExport(ActExport):
    """One row for each act, in the order of recording."""

    event = Field("id")
    actor = Field("actor")
    door = Field("door")
    reason = Field("reason")
    asked_at = Field("asked_at")
    recorded_at = Field("recorded_at")
    is_test = Field("is_test")

    def act(self, row: ConsentEvent) -> ConsentEvent:
        return row


def _contacts(organisation: Organisation) -> QuerySet:
    rows = Contact.objects.filter(organisation=organisation, erased_at=None).order_by("pk")
    return rows.prefetch_related("identifiers", "records__purpose")


def _records(organisation: Organisation) -> QuerySet:
    rows = ConsentRecord.objects.filter(contact__organisation=organisation).order_by("pk")
    paths = [f"{fact}__{path}" for fact in ("grant", "stop") for path in ("channel", "placement")]
    return rows.select_related("contact", "purpose", *paths).prefetch_related(
        _NUMBERS, "grant__evidence", "stop__evidence"
    )


def _events(organisation: Organisation) -> QuerySet:
    rows = ConsentEvent.objects.filter(organisation=organisation).order_by("recorded_at", "id")
    related = rows.select_related("contact", "purpose", "channel", "placement")
    return related.prefetch_related(_NUMBERS, "evidence")


@dataclass(frozen=True, slots=True)
class What:
    """One thing that can be exported."""

    label: str
    resource: type[Export]
    rows: Callable[[Organisation], QuerySet]


EXPORTS = {
    "contacts": What("Contacts: one row for each person", ContactExport, _contacts),
    "records": What("Records: what holds now, for each person and purpose", RecordExport, _records),
    "events": What("Events: every act, as it was recorded", EventExport, _events),
}


def exported(what: str, organisation: Organisation, *, see_numbers: bool) -> Any:
    """The rows as a dataset of django-import-export's."""
    export = EXPORTS[what]
    return export.resource(see_numbers=see_numbers).export(export.rows(organisation))
