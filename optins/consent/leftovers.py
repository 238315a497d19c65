"""Removing what is left of one person, table by table. The ledger stays: it holds nothing readable."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q, QuerySet

from optins.consent import answered, desk, removals, requests
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

# How far apart an API call's own row and what it led to may have been written.
_ONE_CALL = timedelta(minutes=1)


def remove_own(contact: Contact) -> None:
    """The rows that are about nobody else. Of the evidence, the digests in the acts stay."""
    assert contact.erased_at  # noqa: S101  they are being erased
    own = Evidence.objects.filter(event__contact=contact)
    removals.remove(own, removals.Reason.ERASED, contact.erased_at)
    SessionWindow.objects.filter(contact=contact).delete()
    ReviewItem.objects.filter(Q(contact=contact) | Q(other=contact)).delete()
    ImportRow.objects.filter(contact=contact).update(contact=None, problem="")
    contact.identifiers.all().delete()


def remove_requests(contact: Contact, identifiers: Iterable[Identifier], traces: Traces) -> None:
    """The number wherever it was typed, whoever typed it; where their posts came from; whom was asked.

    A code into which the number was typed is good for nobody any more: it would no longer say whose it is.
    """
    mine = ConsentRequest.objects.filter(organisation=contact.organisation_id)
    typed = mine.filter(typed_number__in=traces.numbers)
    _remove_answers(contact, typed)
    desk.forget(contact, traces.numbers)
    typed.update(typed_number="", filled_in={}, client_address="", expires_at=contact.erased_at)
    mine.filter(answered.by(contact)).update(client_address="", filled_in={})
    asked = list(requests.addressees(contact.organisation, identifiers).values())
    gone = {"addressee_number": "", "addressee_bsuid": "", "referral": {}}
    mine.put_to(asked).update(expires_at=contact.erased_at, **gone)


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


def remove_deliveries(contact: Contact, traces: Traces) -> None:
    """What platforms delivered about them; what still has to be processed keeps the part of others."""
    rows = InboundDelivery.objects.filter(channel__organisation=contact.organisation_id)
    for key in traces.found_in(rows, "body", "headers"):
        strip(InboundDelivery.objects.get(pk=key), traces)


def strip(delivery: InboundDelivery, traces: Traces) -> None:
    """Take a person's part out of a delivery; of one that is processed nothing is needed any more."""
    is_done = delivery.state == InboundDelivery.State.DONE
    body = b"" if is_done else traces.without(bytes(delivery.body))
    headers = {name: value for name, value in delivery.headers.items() if not traces.are_in(value)}
    rows = InboundDelivery.objects.filter(pk=delivery.pk)
    rows.update(body=body, headers={} if is_done else headers)
    if is_done:
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
