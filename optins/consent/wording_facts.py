"""What the database knows that the wording check needs: wordings, who asks, for what, and under which law."""

from collections.abc import Iterable
from dataclasses import replace

from optins.consent import rulepacks
from optins.consent.rulepacks import Rules
from optins.consent.rulepacks.jurisdiction import Whereabouts
from optins.consent.wording_check import (
    Asked,
    Facts,
    Finding,
    PurposeFacts,
    SenderFacts,
    Wording,
    check,
    starters,
)
from optins.models import (
    CaptureChannel,
    Notice,
    NoticeTranslation,
    NoticeVersion,
    Purpose,
    Sender,
)

FIELDS = ("title", "body", "purposes", "stop", "privacy", "details", "sentence")


def wording_of(row: NoticeTranslation) -> Wording:
    """A translation as the check reads it; one that is not saved yet will do."""
    return Wording(row.language, **{name: getattr(row, name) for name in FIELDS})


def purposes_of(notice: Notice) -> list[Purpose]:
    """Those of the channels that show the notice; before there is one, all that the organisation has."""
    channels = CaptureChannel.objects.filter(notice=notice)
    purposes = Purpose.objects.filter(organisation=notice.organisation_id)
    used = purposes.filter(pk__in=channels.values("purposes"))
    return list(used or purposes)


def facts_of(notice: Notice, languages: Iterable[str]) -> dict[str, Facts]:
    """For each language of a version: what it is checked against."""
    organisation, purposes, languages = notice.organisation, purposes_of(notice), sorted(set(languages))
    common = Facts(
        organisation.name,
        names={code: tuple(forms) for code, forms in organisation.names.items()},
        legal_name=organisation.legal_name,
        postal_address=organisation.postal_address,
        contact=organisation.contact,
        contact_person=organisation.contact_person,
        privacy_url=organisation.privacy_url,
        country=organisation.country,
        senders=_senders(notice),
        languages=tuple(languages),
        asked=asked(notice, {purpose.category for purpose in purposes}),
    )
    return {code: replace(common, purposes=tuple(_purpose(p, code) for p in purposes)) for code in languages}


def _purpose(purpose: Purpose, language: str) -> PurposeFacts:
    return PurposeFacts(purpose.key, purpose.title(language), purpose.sensitive)


def _senders(notice: Notice) -> tuple[SenderFacts, ...]:
    channels = CaptureChannel.objects.filter(notice=notice)
    senders = Sender.objects.on_whatsapp().filter(organisation=notice.organisation_id)
    rows = senders.filter(pk__in=channels.values("sender")) or senders
    return tuple(SenderFacts(row.display_name, row.number) for row in rows)


def asked(notice: Notice, kinds: Iterable[str]) -> tuple[Asked, ...]:
    """What the packs in force for these kinds of messages want said."""
    rows = [
        Asked(row.element, row.level, row.citation, row.status, row.source, row.pack)
        for kind in sorted(kinds)
        for row in rules_of(notice, kind).wording_checklist()
    ]
    return tuple(dict.fromkeys(rows))


def rules_of(notice: Notice, kind: str = "") -> Rules:
    """What binds a notice: the packs of its organisation's country and of each country that it is for."""
    own = notice.organisation.country.upper()
    where = Whereabouts(own, tuple(dict.fromkeys([own, *sorted(notice.countries)])))
    return rulepacks.rules_at(notice.organisation, where, kind)


def findings_of(version: NoticeVersion) -> dict[str, list[Finding]]:
    """What the check finds in each translation that is saved, by language."""
    return findings_in(version.notice, version.translations.all())


def findings_in(
    notice: Notice, rows: Iterable[NoticeTranslation], only: str = ""
) -> dict[str, list[Finding]]:
    """The same for translations that need not be saved; of one language ``only``, where it is named."""
    rows = list(rows)
    facts = facts_of(notice, [row.language for row in rows])
    wanted = [row for row in rows if only in ("", row.language)]
    return {row.language: check(wording_of(row), facts[row.language]) for row in wanted}


def starter(notice: Notice, language: str) -> NoticeTranslation:
    """The starter wording of a language for this notice, unsaved. Raises LookupError where there is none."""
    wording = starters.starter(language, facts_of(notice, [language])[language])
    return NoticeTranslation(language=language, **{name: getattr(wording, name) for name in FIELDS})
