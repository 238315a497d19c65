"""Forms that a law prescribes for asking: their words are data, and what somebody filled in is evidence.

Not legal advice: each form says how it was compared with the law. South Africa's Form 4 is the one there is.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from optins.consent import ages, numbers, wording, wording_facts
from optins.models import CaptureChannel, NoticeTranslation, Organisation, Purpose

_DATA = Path(__file__).parent / "data" / "forms"
_DEFAULT = "en"
_LONGEST_NAME = 120


@cache
def _read(form: str) -> dict[str, Any]:
    return json.loads((_DATA / f"{form}.json").read_text())


@cache
def known() -> tuple[str, ...]:
    """The ids of the forms that there are."""
    return tuple(sorted(path.stem for path in _DATA.glob("*.json")))


def id_for(channel: CaptureChannel) -> str:
    """The form that a law prescribes for what this channel asks; empty where none does."""
    if not marketing(channel):
        return ""
    rules = wording_facts.rules_of(channel.notice, Purpose.Category.MARKETING)
    asked = {statement.value for statement in rules.field("consent.prescribed_form").statements}
    return next((form for form in known() if form in asked), "")


def marketing(channel: CaptureChannel) -> list[Purpose]:
    """The purposes that such a form is about."""
    return list(channel.purposes.filter(category=Purpose.Category.MARKETING))


@dataclass(frozen=True, slots=True)
class Sheet:
    """One form of one channel in one language, as it is shown. ``lines``: of each purpose, by key."""

    id: str
    version: str
    language: str
    texts: dict[str, str]
    organisation: Organisation
    shown: NoticeTranslation
    purposes: list[Purpose]
    lines: dict[str, str]
    means: str

    @property
    def digest(self) -> str:
        """SHA-256 over every word of it, the form's own and the channel's, as canonical JSON."""
        words = [self.id, self.version, self.texts, self.party, self.lines, self.means, self.shown.digest()]
        text = json.dumps(words, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def party(self) -> list[str]:
        """The responsible party: name, address, whom to ask."""
        who = self.organisation
        return [part for part in (who.legal_name or who.name, who.postal_address, who.contact) if part]

    def filled_in(self, name: str, chosen: Sequence[Purpose]) -> dict[str, Any]:
        """What becomes evidence: what was written, and what the form said to it."""
        return {
            "form": self.id,
            "version": self.version,
            "language": self.language,
            "words_sha256": self.digest,
            "name": name,
            "responsible_party": self.party,
            "designated_person": self.organisation.contact_person,
            "goods_or_services": [self.lines[purpose.key] for purpose in chosen],
            "means_of_communication": self.means,
        }


def sheet(channel: CaptureChannel, form: str, shown: NoticeTranslation) -> Sheet:
    """The form with the words of the channel's own notice; in English where it has no other."""
    data, purposes = _read(form), marketing(channel)
    language = shown.language if shown.language in data["languages"] else _DEFAULT
    texts, own_age = data["languages"][language], ages.to_say(channel.organisation, purposes)
    sender = channel.sender
    means = texts["means_value"].format(
        sender=sender.display_name if sender else "", number=numbers.shown(sender.number) if sender else ""
    )
    return Sheet(
        id=form,
        version=data["version"],
        language=language,
        texts={key: text for key, text in texts.items() if isinstance(text, str)},
        organisation=channel.organisation,
        shown=shown,
        purposes=purposes,
        lines={purpose.key: wording.line(shown, purpose, own_age) for purpose in purposes},
        means=" ".join(means.split()),
    )


def languages(form: str) -> tuple[str, ...]:
    return tuple(_read(form)["languages"])


def provenance(form: str) -> dict[str, str]:
    """The law that it follows, its source, and how sure of it one can be."""
    return {key: _read(form)[key] for key in ("law", "source", "status", "note")}


def name_in(text: str) -> str:
    """A name as it was written, in one line."""
    return " ".join(text.replace("\0", " ").split())[:_LONGEST_NAME]
