"""What the check is given and what it finds: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Wording:
    """One translation of a notice: exactly what people read. ``purposes``: the line of each, by key."""

    language: str
    title: str = ""
    body: str = ""
    purposes: Mapping[str, str] = field(default_factory=dict)
    stop: str = ""
    privacy: str = ""
    details: str = ""
    sentence: str = ""

    @property
    def in_a_chat(self) -> str:
        """What a chat shows before it asks; the title stands on pages alone."""
        parts = (self.body, *self.purposes.values(), self.stop, self.privacy, self.details)
        return "\n".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class PurposeFacts:
    """What the check knows of a purpose: its line is looked up by ``key``."""

    key: str
    title: str
    is_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """The account that sends: the name that people see, and its number in E.164."""

    name: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One element of wording that a rule pack asks for.

    ``level``: required, required_if_any or recommended. ``status``: primary, secondary or unconfirmed.
    """

    element: str
    level: str
    citation: str
    status: str
    source: str | None = None
    pack: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether it may refuse. What is unconfirmed, recommended or conditional only warns."""
        return self.level == "required" and self.status != "unconfirmed"


@dataclass(frozen=True, slots=True)
class Facts:
    """Who asks, for what, and what the law asks of them.

    ``names``: by language, further forms of the organisation's name. ``purposes``: of the channels that show
    the notice. ``languages``: those of all translations of the version.
    """

    name: str
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    legal_name: str = ""
    postal_address: str = ""
    contact: str = ""
    contact_person: str = ""
    privacy_url: str = ""
    country: str = ""
    senders: tuple[SenderFacts, ...] = ()
    purposes: tuple[PurposeFacts, ...] = ()
    languages: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()

    def forms(self, language: str) -> tuple[str, ...]:
        """Every form of the organisation's name that may stand in that language."""
        own = self.names.get(language, ()) or self.names.get(language.split("-")[0], ())
        return (self.name, *own)


class Severity(StrEnum):
    REFUSE = "refuse"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is missing or wrong in one translation.

    ``reason``: ours, where no law asks. ``why``: what the packs say. ``line``: one that would pass, if there
    is one in that language, and ``part`` where it would stand.
    """

    language: str
    element: str
    severity: Severity
    missing: str
    reason: str = ""
    why: tuple[Asked, ...] = ()
    line: str = ""
    part: str = ""

    @property
    def refuses(self) -> bool:
        return self.severity == Severity.REFUSE
