"""Whom an organisation may ask by itself, and whose answer counts: what packs say before anything is asked.

Nobody is messaged here. It is about the codes and questions that staff and other systems prepare for a
number; whoever writes START, or opens a page, asks to be asked, and may always be.
"""

from collections.abc import Iterable

from optins.consent import identity, rulepacks, suppressions
from optins.consent.rulepacks import Rules, jurisdiction, questions
from optins.consent.signal import Identifier
from optins.models import ConsentRecord, Organisation, Purpose


def rules_about(organisation: Organisation, purpose: Purpose, identifiers: Iterable[Identifier]) -> Rules:
    """What binds a message about this purpose to whoever has these identifiers."""
    known = [(identifier.scheme, identifier.value) for identifier in identifiers]
    where = jurisdiction.of_identifiers(known, organisation)
    return rulepacks.rules_at(organisation, where, purpose.category)


def needs_proof(organisation: Organisation, purpose: Purpose, identifiers: Iterable[Identifier]) -> bool:
    """Whether only the person's own message will count: by the purpose, or by the packs."""
    rules = rules_about(organisation, purpose, identifiers)
    return purpose.requires_confirmation or questions.confirmation_required(rules)


def may_ask(
    organisation: Organisation, purposes: Iterable[Purpose], identifiers: tuple[Identifier, ...]
) -> list[Purpose]:
    """Those of the purposes about which the organisation may ask whoever has these identifiers.

    Where the law allows one approach only (South Africa), nobody is asked again who has said no.
    """
    contacts = identity.find(organisation, identifiers)
    records = ConsentRecord.objects.filter(contact__in=contacts, grant=None, stop__isnull=False)
    stopped = set(records.values_list("purpose", flat=True))
    met = suppressions.met(organisation, identifiers)
    return [
        purpose
        for purpose in purposes
        if not (purpose.pk in stopped or any(row.covers(purpose) for row in met))
        or questions.may_ask_again(rules_about(organisation, purpose, identifiers))
    ]
