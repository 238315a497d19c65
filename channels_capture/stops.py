"""What a person has stopped, and when, as far as a chat needs to know it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from optins.consent import gate
from optins.consent.fold import second
from optins.models import ConsentEvent, ConsentRecord, ConsentRequest, Contact, Suppression


class Stops:
    """The stops of one contact; of nobody, those of the suppressions that a contact would begin with."""

    def __init__(self, contact: Contact | None, suppressions: Iterable[Suppression] = ()) -> None:
        self._suppressions = list(suppressions)
        everything = gate.last_stop_of_everything(contact) if contact else None
        self._everything = [everything] if everything else []
        records = ConsentRecord.objects.filter(contact=contact).select_related("stop", "purpose")
        self._single = {r.purpose.key: [r.stop] for r in records if r.stop} if contact else {}

    def _of(self, purpose: str) -> list[ConsentEvent]:
        return [*self._everything, *self._single.get(purpose, [])]

    def _suppressed(self, purpose: str) -> list[datetime]:
        return [row.created_at for row in self._suppressions if _covers(row, purpose)]

    @property
    def newest(self) -> datetime | None:
        """When anything at all was stopped last."""
        stops = [stop for purpose in ["", *self._single] for stop in self._of(purpose)]
        times = [row.created_at for row in self._suppressions]
        return max([*times, *(stop.occurred_at for stop in stops)], default=None)

    def were_sent_in(self, moment: datetime) -> bool:
        """Whether a stop of everything was sent in that second."""
        return any(second(_sent_at(stop)) == second(moment) for stop in self._everything)

    def since(self, purposes: Iterable[str], asked_at: datetime) -> frozenset[str]:
        """Those of the purposes that were stopped in the second of the asking or after it."""
        asked = second(asked_at)
        return frozenset(p for p in purposes if any(second(at) >= asked for at in self._times(p)))

    def _times(self, purpose: str) -> list[datetime]:
        return [*self._suppressed(purpose), *(stop.occurred_at for stop in self._of(purpose))]

    def after(self, purposes: Iterable[str], sent_at: datetime) -> frozenset[str]:
        """Those whose stop was sent after a message was. Within its second arrival decides."""
        sent = second(sent_at)
        return frozenset(p for p in purposes if any(second(_sent_at(s)) > sent for s in self._of(p)))


def _covers(suppression: Suppression, purpose: str) -> bool:
    if suppression.scope == Suppression.Scope.PURPOSE:
        return suppression.purpose is not None and suppression.purpose.key == purpose
    return True


def time_of_stop(
    contacts: list[Contact], sent_at: datetime, stops: Stops, questions: Iterable[ConsentRequest]
) -> datetime:
    """When a stop sent at ``sent_at`` takes effect: not before what had been agreed to or asked by then.

    A grant counts from its question's time, which is ours; the vendor's clock may be behind it, if only by
    the fraction of a second that vendors leave out. Of two messages the vendor itself says which came first.
    """
    sent = second(sent_at)
    seemingly_later = ConsentEvent.objects.filter(
        contact__in=contacts, kind=ConsentEvent.Kind.GIVEN, proved=True, occurred_at__gt=sent_at
    )
    grants = seemingly_later.prefetch_related("evidence")
    agreed = [grant.occurred_at for grant in grants if second(_sent_at(grant)) <= sent]
    # In its own second a stop comes after the questions; a copy of it changes nothing.
    asked = [q.asked_at for q in questions if second(q.created_at) <= sent]
    return max([sent_at, *agreed, *([] if stops.were_sent_in(sent_at) else asked)])


def _sent_at(act: ConsentEvent) -> datetime:
    """When the message of an act was sent, in the vendor's time; without evidence, as near as is known."""
    noted = (_moment(evidence.says("sent_at")) for evidence in act.evidence.all())
    return next(filter(None, noted), min(act.occurred_at, act.received_at))


def _moment(text: Any) -> datetime | None:
    """No stop may fail over evidence that somebody changed."""
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else None
