"""The screens of an import: approved by somebody else, recorded; and who sees what of it."""

import re

import pytest

from optins.models import AuditEntry, ImportBatch
from tests.imports.files import GIVEN, STOPPED, csv_file, many, record_all, some, uploaded
from tests.imports.screens import Role, address, the_batch, upload
from tests.imports.staff import member, moved, reviewer
from tests.signing_in import signed_in

pytestmark = pytest.mark.once


def test_a_file_goes_from_upload_to_the_ledger_by_two_people(clinic, manager, second):
    content = csv_file(*many(3), STOPPED, GIVEN, GIVEN | {"phone": "2.78E+10"})
    page = upload(manager, clinic, content).content.decode()
    batch = the_batch()
    assert some(batch.counts) == {"new": 4, "kept_withdrawn": 1, "refused": 1}
    assert "What 6 rows would do" in page
    assert "A spreadsheet has cut off digits of this number." in page
    assert manager.post(address("submit", batch)).status_code == 302
    assert "Waits for approval" in second.get(address("change", batch)).content.decode()
    second.post(address("approve", batch))
    assert clinic.contacts() == 0
    assert 'http-equiv="refresh"' in second.get(address("change", batch)).content.decode()
    record_all()
    page = second.get(address("change", batch)).content.decode()
    assert "What became of 6 rows" in page
    assert "Every row came out as the preview said." in page
    assert 'http-equiv="refresh"' not in page
    assert clinic.contacts() == 4
    noted = AuditEntry.objects.filter(object_type="importbatch").order_by("pk")
    assert list(noted.values_list("action", "user__username", "object_id")) == [
        ("imported", "the-manager", str(batch.pk)),
        ("approved", reviewer(clinic).username, str(batch.pk)),
    ]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.OWNER])
def test_nobody_approves_their_own_file(clinic, role):
    user = member(clinic.organisation, role, "alone")
    client = signed_in(user)
    upload(client, clinic, csv_file(GIVEN))
    batch = the_batch()
    client.post(address("submit", batch))
    answer = client.post(address("approve", batch), follow=True)
    assert answer.status_code == 403 or "Another person than the one who uploaded" in answer.content.decode()
    batch.refresh_from_db()
    assert (batch.state, batch.decided_by) == ("waiting", None)


def test_the_database_itself_refuses_an_approval_of_ones_own_file(clinic):
    from django.db import IntegrityError, transaction

    batch = uploaded(clinic, csv_file(GIVEN))
    for values in ({"decided_by": clinic.demo.admin}, {"decided_by": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ImportBatch.objects.filter(pk=batch.pk).update(state="approved", **values)


def test_an_approval_only_comes_by_post_and_only_once(clinic, manager, second):
    upload(manager, clinic, csv_file(GIVEN))
    batch = the_batch()
    told = second.post(address("approve", batch), follow=True).content.decode()
    assert "cannot be done now" in told
    manager.post(address("submit", batch))
    assert second.get(address("approve", batch)).status_code == 405
    second.post(address("approve", batch))
    told = second.post(address("approve", batch), follow=True).content.decode()
    assert "cannot be done now" in told
    assert AuditEntry.objects.filter(action="approved").count() == 1


def test_a_rejection_needs_a_reason_and_the_uploader_sees_it(clinic, manager, second):
    upload(manager, clinic, csv_file(GIVEN))
    batch = the_batch()
    manager.post(address("submit", batch))
    page = second.post(address("reject", batch), {"reason": " "}).content.decode()
    assert re.search(r'<ul class="errorlist"[^>]*><li>Say why', page)
    second.post(address("reject", batch), {"reason": "These forms are from 2019."})
    assert "These forms are from 2019." in manager.get(address("change", batch)).content.decode()
    assert ImportBatch.objects.get().state == "rejected"
    assert clinic.contacts() == 0


def test_whoever_uploaded_a_file_may_take_it_back_without_a_reason(clinic, manager):
    upload(manager, clinic, csv_file(GIVEN))
    manager.post(address("submit", the_batch()))
    manager.post(address("reject", the_batch()))
    assert the_batch().state == "rejected"


def test_what_somebody_did_in_between_is_told_after_the_recording(clinic, manager, second):
    upload(manager, clinic, csv_file(GIVEN))
    manager.post(address("submit", the_batch()))
    second.post(address("approve", the_batch()))
    clinic.write("STOP")
    record_all()
    page = second.get(address("change", the_batch())).content.decode()
    assert "1 row came out otherwise than the preview said" in page
    assert "new contact was foreseen, and it was: kept withdrawn" in page


def test_no_page_of_an_import_shows_a_number_to_whoever_may_not_see_numbers(clinic, manager):
    upload(manager, clinic, csv_file(GIVEN))
    assert "+27820000101" in manager.get(address("change", the_batch())).content.decode()
    viewer = signed_in(member(clinic.organisation, Role.VIEWER, "a-viewer"))
    for name in ("changelist", "change"):
        page = viewer.get(address(name, the_batch() if name == "change" else None)).content.decode()
        assert "820000101" not in page
    assert viewer.get(address("refused", the_batch())).status_code == 403


def test_another_organisation_sees_nothing_of_a_file(clinic, manager):
    upload(manager, clinic, csv_file(GIVEN))
    other = moved(clinic)
    stranger = signed_in(other.demo.admin)
    batch = the_batch()
    assert stranger.get(address("change", batch)).status_code == 302
    for name in ("columns", "submit", "approve", "reject", "refused"):
        assert stranger.post(address(name, batch)).status_code == 404
    answer = upload(stranger, clinic, csv_file(GIVEN))
    assert "Select a valid choice" in answer.content.decode()
    assert ImportBatch.objects.count() == 1


def test_no_number_stands_in_an_address_or_a_log(clinic, manager, second, caplog):
    caplog.set_level("DEBUG")
    odd = GIVEN | {"phone": "27820000101 x", "status": "0820000101"}
    answer = upload(manager, clinic, csv_file(GIVEN, odd))
    manager.post(address("submit", the_batch()))
    second.post(address("approve", the_batch()))
    record_all()
    page = second.get(address("change", the_batch())).content.decode()
    texts = [url for url, _status in answer.redirect_chain]
    texts += re.findall(r'(?:href|action)="([^"]*)"', page)
    texts += [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    texts += the_batch().rows.values_list("problem", flat=True)
    assert not [text for text in texts if "820000101" in text]


def test_the_list_asks_the_database_a_constant_number_of_times(clinic, manager, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    upload(manager, clinic, csv_file(GIVEN))
    with CaptureQueriesContext(connection) as few:
        manager.get(address("changelist"))
    for number in range(5):
        upload(manager, clinic, csv_file(GIVEN | {"evidence": f"form {number}"}))
    with CaptureQueriesContext(connection) as more:
        manager.get(address("changelist"))
    assert len(more) == len(few)


def test_the_page_of_a_large_import_asks_a_constant_number_of_times(clinic, manager):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (2, 60):
        upload(manager, clinic, csv_file(*many(size)))
        with CaptureQueriesContext(connection) as asked:
            manager.get(address("change", the_batch()), {"outcome": "new"})
        counts.append(len(asked))
    assert counts[0] == counts[1]
