"""The tables. Rules live one floor up, in ``optins.consent``."""

from optins.models.api import ApiIdempotency, ApiKey
from optins.models.audit import AuditEntry
from optins.models.authenticator import Authenticator
from optins.models.channel import CaptureChannel, Placement, PlacementDay
from optins.models.consent import ConsentEvent, ConsentRecord, Evidence, RunningOut, Suppression
from optins.models.contact import Contact, ContactIdentifier
from optins.models.desk import DeskCapture, Device, EvidenceFile
from optins.models.held_back import HeldBack
from optins.models.imports import ImportBatch, ImportRow
from optins.models.inbound import InboundDelivery, InboundMessage
from optins.models.notice import Notice, NoticeTranslation, NoticeVersion
from optins.models.organisation import Membership, Organisation, OrganisationKey, User
from optins.models.purpose import Purpose
from optins.models.registry import OptOutRegistry
from optins.models.removal import EvidenceRemoval
from optins.models.request import ConsentRequest
from optins.models.review import ReviewItem
from optins.models.rights import DataSubjectRequest, LegalHold
from optins.models.seal import HeadExport, Seal, SealedEvent, SealLease
from optins.models.sender import OutboundMessage, Sender, SenderContact, SenderStranger, SessionWindow

__all__ = [
    "ApiIdempotency",
    "ApiKey",
    "AuditEntry",
    "Authenticator",
    "CaptureChannel",
    "ConsentEvent",
    "ConsentRecord",
    "ConsentRequest",
    "Contact",
    "ContactIdentifier",
    "DataSubjectRequest",
    "DeskCapture",
    "Device",
    "Evidence",
    "EvidenceFile",
    "EvidenceRemoval",
    "HeadExport",
    "HeldBack",
    "ImportBatch",
    "ImportRow",
    "InboundDelivery",
    "InboundMessage",
    "LegalHold",
    "Membership",
    "Notice",
    "NoticeTranslation",
    "NoticeVersion",
    "OptOutRegistry",
    "Organisation",
    "OrganisationKey",
    "OutboundMessage",
    "Placement",
    "PlacementDay",
    "Purpose",
    "ReviewItem",
    "RunningOut",
    "Seal",
    "SealLease",
    "SealedEvent",
    "Sender",
    "SenderContact",
    "SenderStranger",
    "SessionWindow",
    "Suppression",
    "User",
]
