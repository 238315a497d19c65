"""Codes that a bot handed over: what was chosen in its chat, to be sent from WhatsApp.

The code says what was chosen, never who. Whom it was handed to is noted as a digest, for one thing alone:
whoever stops in the bot's chat stops what came of it, too.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from optins.consent import identity, requests
from optins.consent.signal import Identifier, phone
from optins.models import ConsentEvent, ConsentRequest, Contact, Organisation
from optins.models.request import ConsentRequestQuerySet

Identifiers = tuple[Identifier, ...]


def note(opened: requests.Opened, identifiers: Identifiers) -> None:
    """Note whom the code was handed to."""
    request = opened.request
    found = requests.addressees(request.organisation, identifiers)
    ConsentRequest.objects.filter(pk=request.pk).update(**found)


def last(organisation: Organisation, identifiers: Identifiers, now: datetime) -> ConsentRequest | None:
    """The newest code that they were handed and that is still good."""
    return _of(organisation, identifiers).open(now).exclude(code_digest="").order_by("-asked_at").first()


def end(organisation: Organisation, identifiers: Identifiers, now: datetime) -> None:
    """After a stop no code and no question of before counts: whoever sends one is asked anew."""
    _of(organisation, identifiers).open(now).update(expires_at=now)


def came_of(organisation: Organisation, identifiers: Identifiers) -> list[Contact]:
    """Whoever sent one of their codes, and who has the number that they shared as their own."""
    codes = list(_of(organisation, identifiers).exclude(code_digest=""))
    answers = Q(request__in=codes) | Q(request__parent__in=codes)
    events = ConsentEvent.objects.filter(answers, contact__erased_at=None).select_related("contact")
    shared: Iterable[str] = {code.typed_number for code in codes if code.typed_number}
    known = (contact for each in shared for contact in identity.find(organisation, phone(each)))
    return list(dict.fromkeys([*(event.contact for event in events), *known]))


def _of(organisation: Organisation, identifiers: Identifiers) -> ConsentRequestQuerySet:
    mine = list(requests.addressees(organisation, identifiers).values())
    return ConsentRequest.objects.filter(organisation=organisation).put_to(mine)
