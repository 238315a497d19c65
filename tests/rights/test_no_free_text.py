"""The ledger keeps no text that somebody wrote: it can never be taken out again."""

import pytest
import uuid6
from django.db import IntegrityError, transaction
from django.utils import timezone

from optins.admin.wording_forms import is_language
from optins.consent import language_tags
from optins.consent.recording import record
from optins.consent.signal import ConsentSignal, SignalError, phone
from optins.imports.cells import CellError, LanguageCell
from optins.models import ConsentEvent
from tests.clinic import THANDI
from tests.rights.conftest import person
from tests.signals import no, record_all

TAGS = ["en", "pt-BR", "zh-Hant", "es-419", "zh-Hant-HK", "fil"]
TEXTS = [THANDI, "en-82000010", "0820000101", "x", "Thandi", "en-", "en-GB-oxendi", "е́н", "en-Thandi"]


def said(clinic, language, action="withdraw"):
    body = {"phone": f"+{THANDI}", "channel": "riverside-web", "purposes": "all", "action": action}
    return clinic.api("consents", body | {"language": language, "evidence": {"reference": "form 7"}})


@pytest.mark.parametrize("tag", TAGS)
def test_a_language_tag_is_taken_at_every_door(clinic, tag):
    assert said(clinic, tag).status_code == 201
    assert ConsentEvent.objects.get().language == tag
    assert LanguageCell().clean(tag.replace("-", "_")) == tag
    assert is_language(tag)


@pytest.mark.parametrize("text", TEXTS)
def test_any_other_text_for_a_language_is_refused_at_every_door(clinic, text):
    for action in ("give", "withdraw"):
        answer = said(clinic, text, action)
        assert (answer.status_code, "language" in answer.content.decode()) == (400, True)
    with pytest.raises(CellError):
        LanguageCell().clean(f"{text}.")
    assert not is_language(text)
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize("text", [*TEXTS, "en\n"])
def test_an_act_is_recorded_without_what_is_no_language(clinic, text):
    now = timezone.now()
    record(
        ConsentSignal(
            organisation=clinic.organisation, identifiers=phone(f"+{THANDI}"), kind="withdrawn",
            actor="person", door="web", id="1", occurred_at=now, received_at=now, language=text,
        )
    )  # fmt: skip
    assert (ConsentEvent.objects.get().language, person().language) == ("", "")


@pytest.mark.parametrize("text", [*TEXTS, "en\n"])
def test_the_database_itself_refuses_it(clinic, text):
    record_all(clinic, no("a"))
    event = ConsentEvent.objects.get()
    for language in (text, "pt-BR"):
        event.pk, event.key, event.language = uuid6.uuid7(), uuid6.uuid7().hex, language
        if language_tags.is_tag(language):
            event.save(force_insert=True)
        else:
            with pytest.raises(IntegrityError), transaction.atomic():
                event.save(force_insert=True)
    assert ConsentEvent.objects.count() == 2


@pytest.mark.parametrize("reference", ["Thandi", THANDI, "user:Thandi", "user:7 or 8", "user:"])
def test_whoever_acted_is_named_by_an_id_alone(clinic, reference):
    now = timezone.now()
    with pytest.raises(SignalError):
        ConsentSignal(
            organisation=clinic.organisation, identifiers=phone(f"+{THANDI}"), kind="withdrawn",
            actor="staff", door="admin", id="1", occurred_at=now, received_at=now, actor_reference=reference,
        )  # fmt: skip
