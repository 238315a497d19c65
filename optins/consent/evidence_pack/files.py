"""The files of one person's pack, but for the manifest that lists and signs them."""

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

from django.template.loader import render_to_string

from optins.consent import dpv, photos, receipts, texts
from optins.consent.evidence_pack import own_page, page, proofs
from optins.consent.evidence_pack.contents import Contents, file_of
from optins.models import Evidence

Files = dict[str, bytes]


def files(contents: Contents) -> Files:
    """Every file by its name, without the manifest."""
    placed, heads = proofs.proofs_and_heads(contents.events, contents.sealed)
    told = {"contents": contents, "proofs": placed, "heads": heads}
    return {
        "README.txt": render_to_string("pack/README.txt", told).encode(),
        **{name: text.encode() for name, text in _pages(contents, placed, heads).items()},
        "record.jsonld": as_json(_record(contents)),
        "events.json": as_json(proofs.events_json(contents.events)),
        "proofs.json": as_json(placed),
        "heads.json": as_json(heads),
        **dict(_wording_files(contents)),
        **{file_of(row.event, row.part): as_json(_piece(row)) for row in contents.evidence},
        **dict(_form_files(contents)),
        "verify.py": resources.files(__package__).joinpath("verify.py").read_bytes(),
    }


def _pages(contents: Contents, placed: Any, heads: Any) -> dict[str, str]:
    """To read: in English for staff and regulators, and in the person's language, if that is another.

    ``index.html`` is the one of those whom the pack is for.
    """
    language = own_page.language_of(contents)
    if language == texts.DEFAULT:
        return {"index.html": page.rendered(contents, placed, heads)}
    english, theirs = "index.html", f"index.{language}.html"
    if contents.for_person:
        english, theirs = "index.en.html", "index.html"
    return {
        english: page.rendered(contents, placed, heads, theirs),
        theirs: own_page.rendered(contents, placed, language, english),
    }


def _record(contents: Contents) -> dict[str, Any]:
    """What stands of each purpose, as JSON-LD, in the language of the last act."""
    language = next((event.language for event in reversed(contents.events) if event.language), "en")
    records = [
        dpv.record(contents.contact, choice, receipts.bearing_on(choice, contents.events), language)
        for choice in contents.choices
    ]
    return dpv.document({"@graph": [dpv.subject(contents.contact), *records]})


def _form_files(contents: Contents) -> Iterator[tuple[str, bytes]]:
    """Photos of forms that this evidence names: the SHA-256 of each is its name."""
    named = {photos.named_in(row.payload, row.event.door) for row in contents.evidence}
    there = photos.kept_for(*(row.event_id for row in contents.evidence))
    for file in there.filter(digest__in=named - {""}).order_by("pk"):
        yield f"forms/{file.digest}.{file.media_type.rpartition('/')[2]}", bytes(file.content)


def _wording_files(contents: Contents) -> Iterator[tuple[str, bytes]]:
    """The exact words: a file whose SHA-256 is its name, and the same to read."""
    for digest, shown in contents.wordings.items():
        yield f"wording/{digest}.json", shown.canonical().encode()
        yield f"wording/{digest}.html", page.wording(shown, digest).encode()


def _piece(row: Evidence) -> dict[str, Any]:
    """One part of an act's evidence, with the salt that its digest needs."""
    return {"event": str(row.event_id), "part": row.part, "salt": row.salt, "payload": row.payload}


def as_json(value: Any) -> bytes:
    """For people too: indented, in their own letters; half an emoji, which SQLite keeps, as its number."""
    text = json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    return text.encode(errors="backslashreplace")
