"""What the pages of a notice version show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from babel import Locale, UnknownLocaleError
from django.http import HttpRequest
from django.utils.safestring import SafeString

from optins import roles
from optins.admin import wording_law
from optins.admin.columns import badge
from optins.admin.eyes import Eyes
from optins.admin.wording_forms import LABELS, HandInForm, SendBackForm
from optins.consent import keywords, publishing, texts, wording, wording_diff, wording_facts
from optins.consent.segments import segments
from optins.consent.wording_check import Finding, starters
from optins.models import CaptureChannel, NoticeTranslation, NoticeVersion, User

Status = NoticeVersion.Status
TONES = {Status.PUBLISHED: "good", Status.IN_REVIEW: "wait", Status.DRAFT: "info"}
_STEPS = ("Draft", "In review", "Published")
_REACHED = {Status.DRAFT: 0, Status.IN_REVIEW: 1, Status.PUBLISHED: 3, Status.RETIRED: 3}


@dataclass(frozen=True, slots=True)
class Row:
    """One language of a version, with what the check says of it."""

    translation: NoticeTranslation
    findings: list[Finding]

    @property
    def code(self) -> str:
        return self.translation.language

    @property
    def name(self) -> str:
        return english_name(self.code)

    @property
    def own_name(self) -> str:
        return texts.name(self.code)

    @property
    def direction(self) -> str:
        return texts.direction(self.code)

    @property
    def refused(self) -> int:
        return sum(one.refuses for one in self.findings)

    @property
    def warned(self) -> int:
        return len(self.findings) - self.refused

    @property
    def verdict(self) -> SafeString:
        return verdict(self.findings)


def verdict(findings: Iterable[Finding]) -> SafeString:
    """What the check says, in one badge."""
    found = list(findings)
    refused = sum(one.refuses for one in found)
    if refused:
        return badge(f"{refused} to mend", "bad")
    return badge(f"{len(found)} to look at", "wait") if found else badge("Passes", "good")


def english_name(code: str) -> str:
    """How English calls the language; its code where that is not known."""
    try:
        return Locale.parse(code.replace("-", "_")).get_display_name("en") or code
    except (UnknownLocaleError, ValueError):
        return code


def translations_of(version: NoticeVersion) -> list[NoticeTranslation]:
    """The organisation's usual languages first."""
    order = {code: place for place, code in enumerate(version.notice.organisation.languages)}
    return sorted(
        version.translations.all(), key=lambda row: (order.get(row.language, len(order)), row.language)
    )


def rows_of(version: NoticeVersion) -> list[Row]:
    """Each language with its findings; what is published was checked, and is not again."""
    translations = translations_of(version)
    is_open = version.status in {Status.DRAFT, Status.IN_REVIEW}
    found = wording_facts.findings_in(version.notice, translations) if is_open else {}
    return [Row(row, found.get(row.language, [])) for row in translations]


def context(request: HttpRequest, version: NoticeVersion, **forms: Any) -> dict[str, Any]:
    """Everything for the version's own page."""
    organisation = version.notice.organisation
    eyes, rows = Eyes.of(request.user, organisation), rows_of(version)
    findings = {row.code: row.findings for row in rows}
    return {
        "version": version,
        "title": str(version),
        "state_badge": badge(version.get_status_display(), TONES.get(Status(version.status), "")),
        "steps": _steps(version),
        "rows": rows,
        "refused": sum(row.refused for row in rows),
        "warned": sum(row.warned for row in rows),
        "warnings": [row for row in rows if row.warned],
        "fingerprint": publishing.fingerprint(findings),
        "packs": wording_law.packs(version),
        "submitted_at": eyes.time(version.submitted_at) if version.submitted_at else "",
        "published_at": eyes.time(version.published_at) if version.published_at else "",
        "retired_at": eyes.time(version.retired_at) if version.retired_at else "",
        "has_earlier": earlier(version) is not None,
        "other_languages": other_languages(rows),
        "hand_in": HandInForm(initial={"change": version.change}),
        "send_back": SendBackForm(),
        **_may(request, version),
        **forms,
    }


def _may(request: HttpRequest, version: NoticeVersion) -> dict[str, bool]:
    """What they may do with it now."""
    may_write = roles.may(request.user, "change_noticeversion", version.notice.organisation)
    may_approve = roles.may(request.user, "approve", version.notice.organisation)
    wrote_it = request.user.pk in publishing.writers(version)
    works_alone = wrote_it and may_approve and not publishing.who_else(version, cast(User, request.user))
    return {
        "may_edit": may_write and version.status == Status.DRAFT,
        "may_take_back": may_write and version.author_id == request.user.pk,
        "may_approve": may_approve and (not wrote_it or works_alone) and version.status == Status.IN_REVIEW,
        "works_alone": works_alone,
        "wrote_it": wrote_it,
        "may_retire": may_approve and version.status == Status.PUBLISHED,
        "may_begin": may_write and version.status in {Status.PUBLISHED, Status.RETIRED},
    }


def _steps(version: NoticeVersion) -> list[tuple[str, str]]:
    reached = _REACHED[Status(version.status)]
    words = ["done"] * reached + ["current"] + [""] * len(_STEPS)
    return list(zip(_STEPS, words, strict=False))


def other_languages(rows: list[Row]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The languages that may be added: those with a starter wording, then those whose stop words we know."""
    have = {row.code for row in rows}
    ready = [code for code in starters.languages() if code not in have]
    known = [code for code in keywords.languages() if code not in have and code not in ready]
    groups = [("With a starter wording", ready), ("From an empty page", known)]
    return [
        (label, sorted(((code, english_name(code)) for code in codes), key=_second))
        for label, codes in groups
    ]


def _second(pair: tuple[str, str]) -> str:
    return pair[1]


def earlier(version: NoticeVersion) -> NoticeVersion | None:
    """What it is compared with: what is published, else the one before it."""
    others = NoticeVersion.objects.filter(notice=version.notice_id, number__lt=version.number)
    before = others.filter(published_at__isnull=False).order_by("-number").first()
    return before or others.order_by("-number").first()


def difference(version: NoticeVersion) -> dict[str, Any]:
    """By language, every part of the wording with what was added and removed."""
    before = earlier(version)
    old = {row.language: row for row in before.translations.all()} if before else {}
    new = {row.language: row for row in version.translations.all()}
    languages = [
        _language_difference(code, old.get(code), new.get(code)) for code in dict.fromkeys([*new, *old])
    ]
    return {
        "version": version,
        "before": before,
        "title": "What changed",
        "beneath": True,
        "languages": [one for one in languages if one["parts"]],
        "unchanged": [one["name"] for one in languages if not one["parts"]],
    }


def _language_difference(code: str, old: Any, new: Any) -> dict[str, Any]:
    parts = wording_diff.of_wordings(
        wording_facts.wording_of(old) if old else None, wording_facts.wording_of(new) if new else None
    )
    state = "" if old and new else ("new" if new else "removed")
    changed = [part for part in parts if part.is_changed]
    return {
        "code": code,
        "name": english_name(code),
        "direction": texts.direction(code),
        "state": state,
        "parts": [(_part_name(part.name), part) for part in changed],
    }


def _part_name(name: str) -> str:
    return f"The box for: {name.removeprefix('purpose:')}" if name.startswith("purpose:") else LABELS[name]


def preview(request: HttpRequest, version: NoticeVersion, code: str) -> dict[str, Any]:
    """A chat as it would be with this wording, and the pages on which it would stand."""
    rows = rows_of(version)
    row = next((row for row in rows if row.code == code), rows[0] if rows else None)
    values: dict[str, Any] = {
        "version": version,
        "title": "Preview",
        "beneath": True,
        "rows": rows,
        "row": row,
    }
    if row is None:
        return values
    organisation, purposes = version.notice.organisation, wording_facts.purposes_of(version.notice)
    named = wording.titles(purposes, row.code)
    channels = CaptureChannel.objects.filter(organisation=organisation, kind="website", is_active=True)
    return values | {
        "question": wording.question(row.translation, purposes),
        "asks": texts.text("ask_which", row.code, organisation=organisation.name, titles=named),
        "buttons": [texts.text(f"button_{name}", row.code) for name in ("yes", "choose", "no")],
        "sentence": wording.sentence(row.translation, purposes, organisation),
        "channels": channels,
        "texts_are_read": texts.are_read(row.code),
        "by_sms": segments(wording.question(row.translation, purposes)),
    }
