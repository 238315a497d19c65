"""The page of a pack that speaks to the person, in their language: what stands, and what happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from optins.consent import choice_words, moments, signing, texts
from optins.consent.evidence_pack import page
from optins.consent.evidence_pack.contents import Contents
from optins.models import ConsentEvent


@dataclass(frozen=True, slots=True)
class Act:
    """One act; ``files`` are the name and the place of each piece of its evidence."""

    title: str
    at: str
    proof: str
    wording: str
    files: list[tuple[str, str]]
    sealed: str


def language_of(contents: Contents) -> str:
    """Theirs, else that of their last answer, else the organisation's usual one."""
    contact = contents.contact
    acts = (event.language for event in reversed(contents.events))
    wanted = [contact.language, *acts, *contact.organisation.languages]
    forms = (form for code in wanted for form in (code, code.split("-")[0]))
    return next((form for form in forms if form in texts.languages()), texts.DEFAULT)


def rendered(contents: Contents, proofs: dict[str, Any], language: str, other: str) -> str:
    """The page in this language; ``other`` is the file in which staff and regulators read the same."""
    organisation = contents.contact.organisation
    sealed = {row["event"]: row["position"] for row in proofs["proofs"]}
    key_id = signing.newest_key_id()
    values = {
        "language": language,
        "direction": texts.direction(language),
        "t": texts.all_texts(language),
        "other": other,
        "organisation": organisation,
        "contact": contents.contact,
        "intro": texts.text("pack_intro", language, organisation=organisation.name),
        "made": texts.text("receipt_made", language, date=moments.time(contents.now, language, organisation)),
        "for_person": contents.for_person,
        "known": page.known(contents.contact),
        "standing": list(_standing(contents, language)),
        "acts": [_act(event, contents, sealed, language) for event in contents.events],
        "wordings": [(digest, shown, page.read(shown)) for digest, shown in contents.wordings.items()],
        "check": texts.text("pack_check", language, command="python verify.py", package="cryptography"),
        "key_id": key_id,
        "public_key": signing.public_hex(key_id),
    }
    return render_to_string("pack/own.html", values)


def _standing(contents: Contents, language: str) -> Iterator[tuple[str, str, str]]:
    """Of each purpose: its title, the badge and the sentence."""
    for choice in contents.choices:
        said = choice_words.sentence(choice, contents.contact, language)
        ends = choice_words.until(choice, contents.contact, language)
        yield choice.purpose.title(language), choice_words.badge(choice, language), f"{said} {ends}".strip()


def _act(event: ConsentEvent, contents: Contents, sealed: dict[str, int], language: str) -> Act:
    about = event.purpose.title(language) if event.purpose else texts.text("pack_everything", language)
    place = sealed.get(str(event.pk))
    return Act(
        title=texts.text(f"pack_{event.kind}", language, title=about),
        at=moments.time(event.occurred_at, language, contents.contact.organisation),
        proof=choice_words.proof(event.proved, language),
        wording=event.translation.digest() if event.translation else "",
        files=list(_files(event, contents, language)),
        sealed=texts.text("pack_not_sealed", language)
        if place is None
        else texts.text("pack_sealed", language, number=place + 1),
    )


def _files(event: ConsentEvent, contents: Contents, language: str) -> Iterator[tuple[str, str]]:
    for part, file, is_left_out in page.files_of(event, contents):
        name = texts.text(f"pack_{part}", language)
        if not file:
            name = texts.text("pack_left_out" if is_left_out else "pack_not_kept", language, part=name)
        yield name, file
