"""What the timeline is made of: things that happened, the wording shown, the evidence."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.safestring import SafeString

from optins.admin.eyes import Eyes
from optins.consent import digests, photos, texts
from optins.models import ConsentEvent, Evidence, InboundDelivery, NoticeTranslation


@dataclass(frozen=True, slots=True)
class Shown:
    """The exact wording that somebody was shown."""

    translation: NoticeTranslation
    language: str
    direction: str


@dataclass(frozen=True, slots=True)
class Proof:
    """One piece of evidence, and whether it is still what the ledger holds the digest of.

    ``file``: where the photo of a form that it names is shown.
    """

    kind: str
    text: str
    is_genuine: bool
    file: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. ``facts`` are label and value."""

    at: datetime
    time: SafeString
    sort: str
    title: str
    tone: str = ""
    badge: str = ""
    lines: tuple[str, ...] = ()
    facts: tuple[tuple[str, SafeString | str], ...] = ()
    shown: Shown | None = None
    proofs: tuple[Proof, ...] = ()
    has_hidden_proof: bool = False
    delivery: InboundDelivery | None = None


def shown_of(translation: NoticeTranslation | None) -> Shown | None:
    if translation is None:
        return None
    return Shown(translation, texts.name(translation.language), texts.direction(translation.language))


def proof_of(event: ConsentEvent, row: Evidence, eyes: Eyes) -> Proof:
    genuine = digests.evidence(row.payload, row.salt) == event.digest_of(row.part)
    has_photo = photos.named_in(row.payload, event.door)
    file = reverse("admin:optins_consentevent_file", args=[event.pk]) if has_photo else ""
    return Proof(row.get_part_display(), eyes.payload(row.payload), genuine, file)
