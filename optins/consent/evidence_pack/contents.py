"""The files of one person's pack, but for the manifest that lists and signs them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib import resources
from typing import Any

from django.template.loader import render_to_string

from optins.consent import desk, dpv, receipts, texts
from optins.consent.choices import Choice, choices_of
from optins.consent.evidence_pack import own_page, page, proofs
from optins.consent.evidence_pack.tree import Sealed
from optins.models import ConsentEvent, Contact, Evidence, EvidenceFile, NoticeTranslation

Files = dict[str, bytes]
# Who writes down what a person said may name others in it.
_STAFF = {ConsentEvent.Actor.STAFF, ConsentEvent.Actor.IMPORT}


@dataclass(frozen=True)
class Contents:
    """All that goes into the pack of one contact. ``for_person``: without what staff wrote."""

    contact: Contact
    sealed: Sealed
    now: datetime
    for_person: bool

    @cached_property
    def events(self) -> list[ConsentEvent]:
        return receipts.acts_of(self.contact)

    @cached_property
    def choices(self) -> list[Choice]:
        return choices_of(self.contact, self.now)

    @cached_property
    def wordings(self) -> dict[str, NoticeTranslation]:
        """Each wording that was shown, by its digest."""
        return {event.translation.digest(): event.translation for event in self.events if event.translation}

    @cached_property
    def _evidence(self) -> list[Evidence]:
        rows = Evidence.objects.filter(event__contact=self.contact).order_by("event", "part")
        return list(rows.select_related("event"))

    @cached_property
    def evidence(self) -> list[Evidence]:
        return [row for row in self._evidence if not self._may_name_others(row)]

    @cached_property
    def left_out(self) -> list[Evidence]:
        return [row for row in self._evidence if self._may_name_others(row)]

    def _may_name_others(self, row: Evidence) -> bool:
        return self.for_person and row.event.actor in _STAFF and row.part != Evidence.Part.SHOWN

    def files(self) -> Files:
        """Every file by its name, without the manifest."""
        placed, heads = proofs.proofs_and_heads(self.events, self.sealed)
        told = {"contents": self, "proofs": placed, "heads": heads}
        return {
            "README.txt": render_to_string("pack/README.txt", told).encode(),
            **{name: text.encode() for name, text in self._pages(placed, heads).items()},
            "record.jsonld": as_json(self._record()),
            "events.json": as_json(proofs.events_json(self.events)),
            "proofs.json": as_json(placed),
            "heads.json": as_json(heads),
            **dict(self._wording_files()),
            **{name_of(row): as_json(_piece(row)) for row in self.evidence},
            **dict(self._form_files()),
            "verify.py": resources.files(__package__).joinpath("verify.py").read_bytes(),
        }

    def _pages(self, placed: Any, heads: Any) -> dict[str, str]:
        """To read: in English for staff and regulators, and in the person's language, if that is another.

        ``index.html`` is the one of those whom the pack is for.
        """
        language = own_page.language_of(self)
        if language == texts.DEFAULT:
            return {"index.html": page.rendered(self, placed, heads)}
        english, theirs = "index.html", f"index.{language}.html"
        if self.for_person:
            english, theirs = "index.en.html", "index.html"
        return {
            english: page.rendered(self, placed, heads, theirs),
            theirs: own_page.rendered(self, placed, language, english),
        }

    def _record(self) -> dict[str, Any]:
        language = next((event.language for event in reversed(self.events) if event.language), "en")
        records = [
            dpv.record(self.contact, choice, receipts.bearing_on(choice, self.events), language)
            for choice in self.choices
        ]
        return dpv.document({"@graph": [dpv.subject(self.contact), *records]})

    def _form_files(self) -> Iterator[tuple[str, bytes]]:
        """Photos of forms that this evidence names: the SHA-256 of each is its name."""
        named = [found for row in self.evidence if (found := desk.file_in(row.payload))]
        requests = {row.event.request_id for row in self.evidence if row.event.request_id}
        digests = {each["sha256"] for each in named}
        for file in EvidenceFile.objects.filter(request__in=requests, digest__in=digests).order_by("pk"):
            yield f"forms/{file.digest}.{file.media_type.partition('/')[2]}", bytes(file.content)

    def _wording_files(self) -> Iterator[tuple[str, bytes]]:
        """The exact words: a file whose SHA-256 is its name, and the same to read."""
        for digest, shown in self.wordings.items():
            yield f"wording/{digest}.json", shown.canonical().encode()
            yield f"wording/{digest}.html", page.wording(shown, digest).encode()


def name_of(row: Evidence) -> str:
    return f"evidence/{row.event_id}-{row.part}.json"


def _piece(row: Evidence) -> dict[str, Any]:
    """One part of an act's evidence, with the salt that its digest needs."""
    return {"event": str(row.event_id), "part": row.part, "salt": row.salt, "payload": row.payload}


def as_json(value: Any) -> bytes:
    """For people too: indented, in their own letters."""
    return (json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()
