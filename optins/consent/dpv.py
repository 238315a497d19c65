"""Consent records as JSON-LD: ISO/IEC TS 27560:2023 in the words of the W3C Data Privacy Vocabulary.

Terms and structure are those of https://w3id.org/dpv/guides/consent-27560 (Community Group report of
2024-08-01) and of DPV 2.1. The text of the ISO standard itself was not at hand. What its profile asks for
and Sayso does not know is named under ``sayso:notStated``; words of our own begin with ``sayso:``.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid5

from optins.consent.choices import Choice
from optins.consent.fold import OWN
from optins.consent.standing import Reason
from optins.models import ConsentEvent, Contact, NoticeTranslation, Organisation, Purpose

Json = dict[str, Any]
Kind = ConsentEvent.Kind
CONTEXT: Json = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "dct": "http://purl.org/dc/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "sayso": "urn:sayso:terms:",
}
RECORD = "https://w3id.org/dpv/schema/dpv-27560#record"
RECEIPT = "https://w3id.org/dpv/schema/dpv-27560#receipt"
# What the profile asks for and only the organisation's privacy notice can say.
_NOT_STATED = ["dpv:StorageLocation", "dpv:StorageDuration", "dpv:hasRecipient", "dpv:hasRight"]
_PURPOSES = {
    Purpose.Category.MARKETING: "dpv:Marketing",
    Purpose.Category.UTILITY: "dpv:CommunicationManagement",
    Purpose.Category.AUTHENTICATION: "dpv:IdentityVerification",
}
_STATUS = {
    Kind.GIVEN: "dpv:ConsentGiven",
    Kind.REFUSED: "dpv:ConsentRefused",
    Kind.WITHDRAWN: "dpv:ConsentWithdrawn",
    Kind.INVALIDATED: "dpv:ConsentInvalidated",
    Kind.ERASED: "dpv:ConsentWithdrawn",
}
_WORTH = {
    Reason.CONSENT: "dpv:ConsentGiven",
    Reason.REFUSED: "dpv:ConsentRefused",
    Reason.WITHDRAWN: "dpv:ConsentWithdrawn",
    Reason.INVALIDATED: "dpv:ConsentInvalidated",
    Reason.EXPIRED: "dpv:ConsentExpired",
    Reason.ERASED: "dpv:ConsentWithdrawn",
}


def iri(name: str) -> Json:
    return {"@id": name}


def moment(when: datetime) -> Json:
    return {"@type": "xsd:dateTime", "@value": when.astimezone(UTC).isoformat(timespec="seconds")}


def document(content: Json) -> Json:
    return {"@context": CONTEXT, **content}


def record(contact: Contact, choice: Choice, events: Iterable[ConsentEvent], language: str) -> Json:
    """One consent record: what one person chose about one purpose, by all the acts that bear on it.

    It names no number: the data subject is known by the contact's id.
    """
    acts = list(events)
    identifier = str(uuid5(contact.uuid, choice.purpose.key))
    return {
        "@id": f"urn:uuid:{identifier}",
        "@type": "dpv:ConsentRecord",
        "dct:identifier": identifier,
        "dct:conformsTo": iri(RECORD),
        "dpv:hasDataSubject": {
            "@id": f"urn:uuid:{contact.uuid}",
            "@type": "dpv:DataSubject",
            "dct:identifier": str(contact.uuid),
        },
        "dpv:hasDataController": controller(contact.organisation),
        "dpv:hasJurisdiction": iri(f"loc:{contact.organisation.country}"),
        "dpv:hasProcess": _process(choice.purpose, language),
        "dpv:hasNotice": _notices(acts, choice.purpose),
        "dpv:hasConsentControl": _control(contact.organisation),
        "dpv:hasConsentStatus": [_act(act, choice.purpose) for act in acts],
        "sayso:standing": standing(choice),
        "sayso:notStated": [iri(term) for term in _NOT_STATED],
    }


def subject(contact: Contact) -> Json:
    """Who it is about, by what platforms know them by: for the evidence pack alone."""
    known = [f"{row.scheme}:{row.value}" for row in contact.identifiers.order_by("pk")]
    return {
        "@id": f"urn:uuid:{contact.uuid}",
        "@type": "dpv:DataSubject",
        "dct:identifier": [str(contact.uuid), *known],
    }


def controller(organisation: Organisation) -> Json:
    """Whom the consent was given to. What the organisation has not filled in is left out."""
    names = {
        "dpv:hasName": organisation.legal_name or organisation.name,
        "schema:alternateName": organisation.name,
        "dpv:hasAddress": organisation.postal_address,
        "dpv:hasContact": organisation.contact,
    }
    notice = {"@id": organisation.privacy_url, "@type": "dpv:PrivacyNotice"}
    return {
        "@id": f"urn:sayso:organisation:{organisation.slug}",
        "@type": "dpv:DataController",
        "dpv:hasIdentifier": organisation.slug,
        **{name: value for name, value in names.items() if value},
        **({"dpv:hasNotice": notice} if organisation.privacy_url else {}),
    }


def _process(purpose: Purpose, language: str) -> Json:
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {
            "@type": "dpv:Purpose",
            "dct:identifier": purpose.key,
            "dct:title": {"@language": language, "@value": purpose.title(language)},
            "skos:broader": iri(_PURPOSES[Purpose.Category(purpose.category)]),
            "sayso:category": purpose.category,
        },
        "dpv:hasPersonalData": iri("pd:TelephoneNumber"),
        "dpv:hasLegalBasis": iri("dpv:ExpressedConsent"),
    }


def _notices(acts: list[ConsentEvent], purpose: Purpose) -> list[Json]:
    """Each wording that was shown, once."""
    shown = {act.translation.pk: act.translation for act in acts if act.translation}
    return [notice(each, purpose) for each in shown.values()]


def notice(shown: NoticeTranslation, purpose: Purpose) -> Json:
    """The exact words; ``dct:identifier`` is the SHA-256 of them all as canonical JSON."""
    digest = shown.digest()
    line = shown.purposes.get(purpose.key, "")
    words = [shown.title, shown.body, line, shown.stop, shown.privacy, shown.details]
    return {
        "@id": f"urn:sayso:wording:{digest}",
        "@type": "dpv:ConsentNotice",
        "dct:identifier": digest,
        "dct:language": shown.language,
        "schema:version": str(shown.version.number),
        "dct:description": {"@language": shown.language, "@value": "\n\n".join(filter(None, words))},
    }


def _control(organisation: Organisation) -> Json:
    """How to change it. The link to the person's own page is a key to it, so it stands in no record."""
    number = next(
        (s.number for s in organisation.senders.all() if s.is_active and s.medium == s.Medium.WHATSAPP), ""
    )
    at = {"dpv:isExercisedAt": iri(f"https://wa.me/{number.removeprefix('+')}")} if number else {}
    return {"@type": ["dpv:WithdrawConsent", "dpv:ProvideConsent"], **at, "sayso:stopWord": "STOP"}


def _act(act: ConsentEvent, purpose: Purpose) -> Json:
    """One act. A yes that has to be confirmed and is not counts as unknown, never as given."""
    is_unconfirmed = act.kind == Kind.GIVEN and purpose.requires_confirmation and not act.proved
    status = "dpv:ConsentUnknown" if is_unconfirmed else _status(act)
    return {
        "@id": f"urn:uuid:{act.pk}",
        "@type": [status, "dpv:ExpressedConsent"] if status == "dpv:ConsentGiven" else status,
        "dpv:isIndicatedAtTime": moment(act.occurred_at),
        "dpv:isIndicatedBy": iri(_indicated_by(act)),
        "dpv:hasIndicationMethod": _method(act),
        "sayso:kind": act.kind,
        "sayso:scope": act.purpose.key if act.purpose else "everything",
        "sayso:proved": act.proved,
        **({"dpv:hasDuration": _duration(act)} if act.kind == Kind.GIVEN else {}),
        **(
            {"dpv:hasNotice": iri(f"urn:sayso:wording:{act.translation.digest()}")} if act.translation else {}
        ),
        **({"sayso:unconfirmed": True} if is_unconfirmed else {}),
        **({"sayso:reason": act.reason} if act.reason else {}),
    }


def _status(act: ConsentEvent) -> str:
    """DPV keeps withdrawing for the person; what Sayso itself ends, by a rule, is revoked."""
    if act.kind == Kind.WITHDRAWN and act.actor == ConsentEvent.Actor.SYSTEM:
        return "dpv:ConsentRevoked"
    return _STATUS[Kind(act.kind)]


def _duration(act: ConsentEvent) -> Json:
    if act.expires_at:
        return {"@type": "dpv:UntilTimeDuration", "rdf:value": moment(act.expires_at)}
    return {"@type": "dpv:UntilEventDuration", "rdf:value": "withdrawal"}


def _indicated_by(act: ConsentEvent) -> str:
    if act.actor == ConsentEvent.Actor.GUARDIAN:
        return "dpv:GuardianOfDataSubject"
    return "dpv:DataSubject" if act.actor in OWN else "dpv:DataController"


def _method(act: ConsentEvent) -> str:
    """In English, for people: which door and channel it came by, and who did it."""
    channel = f", {act.channel.name}" if act.channel else ""
    return f"{act.get_door_display()}{channel}; {act.get_actor_display().lower()}"


def standing(choice: Choice) -> Json:
    """What stands now. No act at all is its own state, and no consent."""
    status = _WORTH.get(choice.standing.reason, "dpv:ConsentUnknown")
    by = {"sayso:decidedBy": iri(f"urn:uuid:{choice.event.pk}")} if choice.event else {}
    return {"dpv:hasConsentStatus": iri(status), "sayso:reason": str(choice.standing.reason), **by}
