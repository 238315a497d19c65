"""The terms that records and receipts may use: each was looked up where its vocabulary is defined.

``dpv:`` and ``pd:`` in DPV 2.1; the structure in https://w3id.org/dpv/guides/consent-27560 (2024-08-01).
"""

DPV = """
CommunicationManagement ConsentExpired ConsentGiven ConsentInvalidated ConsentNotice ConsentReceipt
ConsentRecord ConsentRefused ConsentRevoked ConsentUnknown ConsentWithdrawn DataController DataSubject
ExpressedConsent GuardianOfDataSubject IdentityVerification Marketing PrivacyNotice Process ProvideConsent
Purpose StorageDuration StorageLocation UntilEventDuration UntilTimeDuration WithdrawConsent hasAddress
hasConsentControl
hasConsentStatus hasContact hasDataController hasDataSubject hasDuration hasIdentifier hasIndicationMethod
hasJurisdiction hasLegalBasis hasName hasNotice hasPersonalData hasProcess hasPurpose hasRecipient
hasRecordOfActivity hasRight isExercisedAt isIndicatedAtTime isIndicatedBy
"""
CHECKED = {f"dpv:{name}" for name in DPV.split()} | {
    "pd:TelephoneNumber",
    "dct:conformsTo",
    "dct:created",
    "dct:description",
    "dct:identifier",
    "dct:language",
    "dct:publisher",
    "dct:title",
    "rdf:value",
    "schema:alternateName",
    "schema:version",
    "skos:broader",
    "xsd:dateTime",
}
KEYWORDS = {"@context", "@graph", "@id", "@language", "@type", "@value"}
# Values that are terms.
TERMS_IN = ("dpv:", "pd:", "loc:", "dct:", "rdf:", "schema:", "skos:", "xsd:", "sayso:")


def used(node):
    """Every name and every term that a document uses, but for what is in its context."""
    if isinstance(node, list):
        for each in node:
            yield from used(each)
    elif isinstance(node, dict):
        for name, value in node.items():
            yield name
            if name != "@context":
                yield from _terms(name, value)


def _terms(name, value):
    if name in {"@type", "@id"}:
        for each in value if isinstance(value, list) else [value]:
            if each.startswith(TERMS_IN):
                yield each
    elif not isinstance(value, str):
        yield from used(value)
