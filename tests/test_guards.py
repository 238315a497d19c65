"""The database itself keeps the ledger and published wording as they are."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from optins.models import ConsentEvent, NoticeTranslation, NoticeVersion, guards
from tests.raw import refused, removing, setting, sql
from tests.rows import Rows
from tests.signals import no, record_all, yes

LEDGER = "optins_consentevent"

# Each engine has ways of its own to lose a row.
OF_THIS_ENGINE = {
    "sqlite": [
        "INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        "REPLACE INTO {table} SELECT * FROM {table}",
        "UPDATE OR REPLACE {table} SET rowid = rowid",
    ],
    "postgresql": ["TRUNCATE {table} CASCADE", "TRUNCATE optins_organisation CASCADE"],
}


@pytest.fixture
def event(clinic):
    return record_all(clinic, yes("a"), no("b", 1)).events[0]


@pytest.fixture
def published(clinic):
    return NoticeVersion.objects.get(notice=clinic.web.notice)


@pytest.fixture
def draft(clinic):
    version = NoticeVersion.objects.create(notice=clinic.web.notice, number=2)
    words = NoticeTranslation.objects.filter(language="en").first()
    words.pk, words.version, words.language = None, version, "xh"
    words.save()
    return version


# The ledger


def test_no_event_can_be_changed_or_removed_by_sql(event):
    for field in ConsentEvent._meta.concrete_fields:
        assert refused(setting(LEDGER, f"{field.column} = {field.column}")), field
    assert refused(setting(LEDGER, "proved = TRUE"))
    assert refused(removing(LEDGER, "kind = 'given'"))
    assert refused(removing(LEDGER))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", guards.TRUNCATED)
def test_no_row_is_lost_in_the_engines_own_way(live_clinic, table):
    record_all(live_clinic, yes("a"))
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    if not model._default_manager.exists():
        Rows(live_clinic.organisation).of(model)
    for statement in OF_THIS_ENGINE[connection.vendor]:
        assert refused(sql(statement.format(table=table))), statement


def test_no_event_can_be_changed_or_removed_by_the_orm(event):
    event.reason = "mistake"
    assert refused(event.save)
    assert refused(lambda: ConsentEvent.objects.update(reason="mistake"))
    assert refused(lambda: ConsentEvent.objects.bulk_update([event], ["reason"]))
    assert refused(lambda: ConsentEvent.objects.filter(pk=event.pk)._raw_delete("default"))
    with pytest.raises(models.ProtectedError):
        event.delete()
    with pytest.raises((models.ProtectedError, IntegrityError)), transaction.atomic():
        ConsentEvent.objects.all().delete()
    with pytest.raises(models.ProtectedError):
        event.contact.delete()
    with pytest.raises(models.ProtectedError):
        event.organisation.delete()


def test_an_event_can_be_added_and_its_evidence_removed(event):
    event.evidence.all().delete()
    copy = ConsentEvent.objects.get(pk=event.pk)
    copy.pk, copy.key = ConsentEvent._meta.pk.get_default(), "another"
    assert not refused(lambda: copy.save(force_insert=True))


# Published wording


@pytest.mark.parametrize("table", [guards.VERSION, guards.TRANSLATION])
def test_published_wording_cannot_be_removed(published, table):
    assert refused(removing(table))


def test_no_translation_of_a_published_version_can_be_changed_added_or_moved(published, draft):
    words = published.translations.get(language="en")
    for field in NoticeTranslation._meta.concrete_fields:
        assert refused(setting(guards.TRANSLATION, f"{field.column} = {field.column}")), field
    words.body = "Something else"
    assert refused(words.save)
    assert refused(words.delete)
    assert refused(lambda: draft.translations.update(version=published))
    assert refused(lambda: published.translations.filter(language="en").update(version=draft))
    words.pk, words.language = None, "xh"
    assert refused(words.save)


def test_a_draft_can_change_until_it_is_published_and_then_only_be_retired_once(clinic, published, draft):
    draft.translations.update(body="Better")
    draft.change = "major"
    draft.save()
    draft.status = "in_review"
    draft.save()
    draft.translations.update(body="Best")
    now = timezone.now()
    published.status, published.retired_at = "retired", now
    assert not refused(published.save)
    published.save()
    draft.status, draft.published_at = "published", now
    draft.save()
    assert refused(lambda: draft.translations.update(body="Worse"))
    for status in ("published", "draft", "in_review", "retired"):
        back = NoticeVersion.objects.filter(pk=published.pk)
        assert refused(lambda back=back, status=status: back.update(status=status))


def test_retiring_changes_nothing_else(clinic, published):
    kept = {field.column for field in NoticeVersion._meta.concrete_fields} - {"status", "retired_at"}
    assert kept == set(guards.FROZEN)
    user = clinic.demo.admin.pk
    for column, value in {"number": 9, "change": "major", "author_id": user, "approver_id": user,
                          "published_at": timezone.now()}.items():  # fmt: skip
        assert refused(setting(guards.VERSION, f"status = 'retired', {column} = %s", value)), column
    assert refused(lambda: NoticeVersion.objects.update(status="retired", notice=_other_notice(clinic)))
    assert not refused(lambda: NoticeVersion.objects.update(status="retired"))


def _other_notice(clinic):
    return clinic.organisation.notices.create(name="another")


def test_a_version_is_published_only_with_its_time(draft):
    draft.status = "published"
    assert refused(draft.save)
