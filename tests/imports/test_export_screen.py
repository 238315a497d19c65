"""The screen of exports: a reason, a role, and one's own organisations alone."""

import re

import pytest

from optins.models import AuditEntry
from tests.clinic import THANDI
from tests.imports.screens import Role, address
from tests.imports.staff import member, moved
from tests.signing_in import signed_in

pytestmark = pytest.mark.once


def export(client, organisation, **values):
    fields = {
        "organisation": organisation.pk,
        "what": "records",
        "file_format": "csv",
        "reason": "The regulator",
    }
    return client.post(address("export"), fields | values)


def test_an_export_needs_a_reason_and_is_noted_with_it(clinic):
    clinic.write("STOP")
    auditor = signed_in(member(clinic.organisation, Role.AUDITOR, "an-auditor"))
    page = export(auditor, clinic.organisation, reason="").content.decode()
    assert re.search(r'<ul class="errorlist"[^>]*><li>Say why', page)
    assert not AuditEntry.objects.filter(action="exported").exists()
    answer = export(auditor, clinic.organisation)
    assert re.fullmatch(
        r'attachment; filename="riverside-clinic-records-\d{4}-\d\d-\d\d\.csv"', answer["Content-Disposition"]
    )
    assert f"'+{THANDI}" in answer.content.decode("utf-8-sig")
    noted = AuditEntry.objects.get(action="exported")
    assert (noted.reason, noted.detail) == (
        "The regulator",
        {"what": "records", "format": "csv", "rows": 2},
    )


@pytest.mark.parametrize("role", [Role.MANAGER, Role.REVIEWER, Role.VIEWER, Role.AGENT])
def test_whoever_may_not_export_cannot(clinic, role):
    client = signed_in(member(clinic.organisation, role, "somebody"))
    assert client.get(address("export")).status_code == 403
    assert export(client, clinic.organisation).status_code == 403


def test_an_export_is_of_ones_own_organisations_alone(clinic):
    clinic.write("STOP")
    stranger = signed_in(moved(clinic).demo.admin)
    page = export(stranger, clinic.organisation).content.decode()
    assert "Select a valid choice" in page
    assert THANDI not in page
