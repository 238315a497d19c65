"""What is shown: the translation in force, the lines beside the boxes, the sentence to send."""

from collections.abc import Iterable

from optins.consent import texts
from optins.consent.keywords import normalise
from optins.models import CaptureChannel, Notice, NoticeTranslation, Organisation, Purpose


class NoWording(LookupError):
    """The channel's notice has no published version."""


def translation(notice: Notice, language: str) -> NoticeTranslation:
    """The published wording in that language, else in the organisation's first. Raises NoWording."""
    found = {row.language: row for row in published(notice)}
    usual = notice.organisation.languages or [texts.DEFAULT]
    for code in (language, language.split("-")[0], *usual):
        if code in found:
            return found[code]
    if found:
        return next(iter(found.values()))
    raise NoWording(f"“{notice}” has no published version.")


def published(notice: Notice) -> list[NoticeTranslation]:
    """Every translation of the version in force, the organisation's usual languages first."""
    rows = NoticeTranslation.objects.filter(version__notice=notice, version__status="published")
    order = {code: place for place, code in enumerate(notice.organisation.languages)}
    return sorted(
        rows.select_related("version__notice__organisation"),
        key=lambda row: (order.get(row.language, len(order)), row.language),
    )


def line(wording: NoticeTranslation, purpose: Purpose) -> str:
    """The line beside the box of one purpose."""
    return wording.purposes.get(purpose.key) or purpose.title(wording.language)


def titles(purposes: Iterable[Purpose], language: str, *, discreet: bool = True) -> str:
    """The purposes as one phrase, as chats name them."""
    return texts.joined([purpose.title(language, discreet=discreet) for purpose in purposes], language)


def sentence(wording: NoticeTranslation, purposes: Iterable[Purpose], organisation: Organisation) -> str:
    """What the person sends: it names the organisation, WhatsApp and what for."""
    return wording.sentence.format(
        organisation=organisation.name, purposes=titles(purposes, wording.language)
    )


def question(wording: NoticeTranslation, purposes: list[Purpose]) -> str:
    """The wording on record, as one chat message."""
    lines = [line(wording, purpose) for purpose in purposes]
    return "\n\n".join(
        part for part in (wording.body, "\n".join(lines), wording.stop, wording.privacy) if part
    )


def is_a_sentence(text: str, channel: CaptureChannel, purposes: Iterable[Purpose]) -> bool:
    """Whether the text is our own sentence for these purposes, unedited, in any published language."""
    wanted = normalise(text)
    chosen = list(purposes)
    versions = NoticeTranslation.objects.filter(
        version__notice=channel.notice, version__published_at__isnull=False
    )
    return any(normalise(sentence(row, chosen, channel.organisation)) == wanted for row in versions)
