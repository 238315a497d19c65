"""What an upload is taken for: its columns, its rows, its mistakes, and the same file again."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from optins.models import AuditEntry, ImportBatch
from tests.imports.files import GIVEN, csv_file, record_all, some, xlsx_file
from tests.imports.screens import Role, address, the_batch, upload
from tests.imports.staff import member
from tests.signing_in import signed_in

pytestmark = pytest.mark.once


def test_a_file_whose_headings_say_nothing_is_mapped_without_uploading_it_again(clinic, manager):
    content = "Wer;Ja/Nein;Wofür\n0820000101;stop;\n".encode("cp1252")
    page = upload(manager, clinic, content).content.decode()
    batch = the_batch()
    assert batch.counts == {}
    assert "Wofür" in page
    page = manager.post(address("columns", batch), {"phone": "Wer"}).content.decode()
    assert re.search(r'id="id_status_error"><li>Say which column|<li>Say which column', page)
    page = manager.post(address("columns", batch), {"phone": "Wer", "status": "Wer"}).content.decode()
    assert "already taken for “Phone number”" in page
    manager.post(address("columns", batch), {"phone": "Wer", "status": "=withdrawn"})
    batch.refresh_from_db()
    assert some(batch.counts) == {"new": 1}
    assert batch.mapping == {"phone": "Wer", "status": "=withdrawn"}


def test_the_columns_of_the_last_file_like_it_are_remembered(clinic, manager):
    upload(manager, clinic, "Wer;Wofür\n0820000101;\n".encode())
    manager.post(address("columns", the_batch()), {"phone": "Wer", "status": "=withdrawn"})
    manager.post(address("submit", the_batch()))
    upload(manager, clinic, "Wer;Wofür\n0820000202;\n".encode())
    assert some(the_batch().counts) == {"new": 1}


def test_the_approver_sees_the_first_rows_and_a_viewer_does_not(clinic, manager, second):
    upload(manager, clinic, csv_file(GIVEN))
    manager.post(address("submit", the_batch()))
    viewer = signed_in(member(clinic.organisation, Role.VIEWER, "a-viewer"))
    pages = [client.get(address("change", the_batch())).content.decode() for client in (second, viewer)]
    assert ["+27820000101" in page for page in pages] == [True, False]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"file": ""}, "This field is required"),
        ({"channel": ""}, "This field is required"),
        ({"file": SimpleUploadedFile("a.csv", b"\n")}, "The file has no heading line"),
        (
            {"file": SimpleUploadedFile("a.xls", b"\xd0\xcf\x11\xe0 old")},
            "This is an old or a protected Excel file",
        ),
    ],
)
def test_a_mistake_at_the_upload_is_told_beside_its_field(clinic, manager, fields, reason):
    page = upload(manager, clinic, csv_file(GIVEN), **fields).content.decode()
    assert re.search(rf'<ul class="errorlist"[^>]*><li>{reason}', page)
    assert not ImportBatch.objects.exists()


def test_refused_rows_come_as_a_file_like_theirs_and_come_back_mended(clinic, manager, second):
    bad = GIVEN | {"phone": "2.78E+10", "source": "=1+1"}
    upload(manager, clinic, xlsx_file(GIVEN, bad), "people.xlsx")
    answer = manager.get(address("refused", the_batch()))
    assert answer["Content-Disposition"] == f'attachment; filename="refused-{the_batch().pk}.xlsx"'
    assert "no-store" in answer["Cache-Control"]
    from optins.imports import formats

    table = formats.read(answer.content)
    assert table.headers[-1] == "refused because"
    assert list(table[0][:6])[-1] == "'=1+1"
    upload(manager, clinic, answer.content, "people.xlsx")
    assert some(the_batch().counts) == {"refused": 1}
    again = formats.read(manager.get(address("refused", the_batch())).content)
    assert again.headers == table.headers
    assert AuditEntry.objects.filter(action="exported", object_id=str(the_batch().pk)).count() == 1


def test_the_same_file_again_is_recognised(clinic, manager, second):
    for _ in range(2):
        page = upload(manager, clinic, csv_file(GIVEN)).content.decode()
        manager.post(address("submit", the_batch()))
        second.post(address("approve", the_batch()))
        record_all()
    assert "The very same file is already here" in page
    assert some(the_batch().counts) == {"unchanged": 1}
