"""Removing what is left of one person, table by table. The ledger stays: it holds nothing readable."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet

from optins.consent import answered, desk, held_back, removals, requests
from optins.consent.holds import Kept
from optins.consent.signal import Identifier
from optins.consent.traces import Traces
from optins.models import (
    ApiIdempotency,
    ConsentEvent,
    ConsentRequest,
    Contact,
    Evidence,
    ImportRow,
    InboundDelivery,
    InboundMessage,
    OutboundMessage,
    ReviewItem,
    SessionWindow,
)

_HAS_SOMETHING = (
    ~Q(typed_number="")
    | ~Q(filled_in={})
    | ~Q(client_address="")
    | Q(file__isnull=False)
    | Q(capture__isnull=False) & ~Q(capture__noted={})
)
# How far apart an API call's own row and what it led to may have been written.
_ONE_CALL = timedelta(minutes=1)


def remove_own(contact: Contact, kept: Kept) -> None:
    """The rows that are about nobody else. Of the evidence, the digests in the acts stay."""
    assert contact.erased_at  # noqa: S101  they are being erased
    own = Evidence.objects.filter(event__contact=contact)
    removals.remove(own, removals.Reason.ERASED, contact.erased_at)
    SessionWindow.objects.filter(contact=contact).delete()
    ReviewItem.objects.filter(Q(contact=contact) | Q(other=contact)).exclude(kept.links).delete()
    ImportRow.objects.filter(contact=contact).update(contact=None, problem="")
    contact.identifiers.all().delete()


def remove_requests(contact: Contact, identifiers: Iterable[Identifier], traces: Traces, kept: Kept) -> None:
    """The number wherever it was typed, whoever typed it; where their posts came from; whom was asked.

    A code into which the number was typed is good for nobody any more: it would no longer say whose it is.
    """
    mine = ConsentRequest.objects.filter(organisation=contact.organisation_id)
    typed = mine.filter(typed_number__in=traces.numbers)
    _remove_answers(contact, typed)
    _hold_back(contact, mine, traces, kept)
    desk.forget(contact, traces.numbers, kept)
    typed.filter(kept.requests, expires_at__gt=contact.erased_at).update(expires_at=contact.erased_at)
    own = typed.exclude(kept.requests)
    own.update(typed_number="", filled_in={}, client_address="", expires_at=contact.erased_at)
    mine.filter(answered.by(contact)).exclude(kept.requests).update(client_address="", filled_in={})
    asked = list(requests.addressees(contact.organisation, identifiers).values())
    gone = {"addressee_number": "", "addressee_bsuid": "", "referral": {}}
    mine.put_to(asked).update(expires_at=contact.erased_at, **gone)


def _hold_back(contact: Contact, requests_: QuerySet[ConsentRequest], traces: Traces, kept: Kept) -> None:
    """Note the requests of theirs that stay, for whoever a hold lies on answered them too."""
    full = requests_.filter(kept.requests).filter(_HAS_SOMETHING)
    whole = Q(typed_number__in=traces.numbers) | Q(answered.by(contact), typed_number="")
    held_back.note(contact.organisation, contact, full.filter(whole))
    part = full.filter(answered.by(contact)).exclude(whole)
    held_back.note(contact.organisation, contact, part, is_whole=False)


def _remove_answers(contact: Contact, typed: Iterable[ConsentRequest]) -> None:
    """What the API remembers of its answers about them: next to it stands a digest of what it was asked."""
    answers = ApiIdempotency.objects.filter(api_key__organisation=contact.organisation_id)
    acts = ConsentEvent.objects.filter(contact=contact, door=ConsentEvent.Door.API)
    at = [
        *acts.values_list("recorded_at", flat=True),
        *(row.created_at for row in typed if row.shown == "api"),
    ]
    ids, codes = {str(pk) for pk in acts.values_list("pk", flat=True)}, {row.code_digest for row in typed}
    for moment in set(at):
        near = answers.filter(created_at__range=(moment - _ONE_CALL, moment + _ONE_CALL))
        found = [row.pk for row in near if _is_about(row, ids, codes, contact)]
        answers.filter(pk__in=found).delete()


def _is_about(row: ApiIdempotency, ids: set[str], codes: set[str], contact: Contact) -> bool:
    body = row.body if isinstance(row.body, dict) else {}
    code = (body.get("request") or {}).get("code", "")
    return not ids.isdisjoint(body.get("events") or ()) or (
        bool(code) and requests.code_digest(contact.organisation, code) in codes
    )


def remove_messages(contact: Contact, identifiers: Iterable[Identifier]) -> None:
    """What was written to them."""
    addresses = {identifier.value.removeprefix("+") for identifier in identifiers}
    sent = OutboundMessage.objects.filter(sender__organisation=contact.organisation_id)
    sent.filter(address__in=addresses).delete()


def remove_deliveries(contact: Contact, traces: Traces, kept: Kept) -> None:
    """What platforms delivered about them; what still has to be processed keeps the part of others."""
    rows = InboundDelivery.objects.filter(channel__organisation=contact.organisation_id)
    for key in traces.found_in(rows, "body", "headers"):
        strip(InboundDelivery.objects.get(pk=key), traces, kept, contact)


def strip(delivery: InboundDelivery, traces: Traces, kept: Kept, contact: Contact | None = None) -> None:
    """Take a person's part out of a delivery; of one that is processed nothing is needed any more.

    What names somebody on whom a hold lies stays. ``contact``: whoever is being erased.
    """
    rows = InboundDelivery.objects.filter(pk=delivery.pk)
    if kept.holds(delivery):
        held_back.note(delivery.channel.organisation, contact, rows)
    elif delivery.state == InboundDelivery.State.DONE:
        empty(delivery)
    else:
        headers = {name: value for name, value in delivery.headers.items() if not traces.are_in(value)}
        rows.update(body=traces.without(bytes(delivery.body)), headers=headers)


def empty(delivery: InboundDelivery) -> None:
    """Nothing stays of it but that there was one."""
    InboundDelivery.objects.filter(pk=delivery.pk).update(body=b"", headers={})
    InboundMessage.objects.filter(delivery=delivery.pk).update(delivery=None)


def mentions(contact: Contact, traces: Traces) -> list[Evidence]:
    """Evidence of others that names them. It goes too; the erasure's own evidence says that it did."""
    rows = Evidence.objects.filter(event__organisation=contact.organisation_id).exclude(
        event__contact=contact
    )
    named = traces.found_in(rows, "payload")
    # Whoever else sent the code of a form that they filled in: their name stands in that evidence too.
    forms = rows.filter(payload__has_key="form", event__request__in=_forms_of(contact))
    return list(rows.filter(pk__in=[*named, *forms.values_list("pk", flat=True)]).order_by("pk"))


def _forms_of(contact: Contact) -> QuerySet[ConsentRequest]:
    mine = ConsentRequest.objects.filter(organisation=contact.organisation_id)
    return mine.filter(answered.by(contact)).exclude(filled_in={})
