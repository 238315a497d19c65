"""Looking somebody up by any part of a number, by a BSUID, by a reference: and nothing of it is kept."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from optins.consent import digests
from optins.models import AuditEntry, ConsentRequest, Contact, OrganisationKey, Suppression
from tests.clinic import BSUID, SIPHO, THANDI
from tests.people.conftest import contact_of, page_of, text_of

pytestmark = pytest.mark.once

LOOK_UP = reverse("admin:optins_contact_look_up")


@pytest.fixture
def people(clinic):
    """Thandi and Sipho by number, a third by BSUID alone."""
    for person, bsuid in ((THANDI, ""), (SIPHO, ""), ("", BSUID)):
        clinic.write(clinic.choose("health-tips"), person=person, bsuid=bsuid)
    return {THANDI: contact_of(THANDI), SIPHO: contact_of(SIPHO), BSUID: Contact.objects.latest("pk")}


def found(client, typed):
    """Whom the look-up leads to: those of its list, or the one whose page it opens."""
    answer = client.post(LOOK_UP, {"q": typed})
    if answer.status_code == 302:
        return [answer["Location"]]
    return [row["url"] for row in answer.context["people"]]


PARTS = (
    "+27 82 000 0101", "27820000101", "0027820000101", "082 000 0101", "(082) 000-0101", "٠٨٢٠٠٠٠١٠١",
    "0101", "000 01 01", "820000101",
)  # fmt: skip
BEGINNINGS = ("+27 82", "0027", "082 000", "082", "2782")
NOBODYS = ("+82", "0083", "999", "01", "7", "hello", "%", "_", "+", "0", "\x00")


def test_any_way_to_write_a_part_of_the_number_finds_the_person(owner, people):
    assert {typed: found(owner, typed) for typed in PARTS} == {
        typed: [page_of(people[THANDI])] for typed in PARTS
    }


def test_a_beginning_finds_everybody_whose_number_begins_so(owner, people):
    both = {page_of(people[THANDI]), page_of(people[SIPHO])}
    assert {typed: set(found(owner, typed)) for typed in BEGINNINGS} == dict.fromkeys(BEGINNINGS, both)


def test_what_is_no_part_of_anybodys_number_finds_nobody(owner, people):
    assert {typed for typed in NOBODYS if found(owner, typed)} == set()


def test_equivalent_forms_of_a_number_find_the_same_person(owner, clinic):
    clinic.write(clinic.choose("health-tips"), person="551187654321")
    assert found(owner, "+55 11 98765 4321") == found(owner, "+55 11 8765 4321") != []


def test_a_bsuid_finds_its_person(owner, people):
    assert found(owner, BSUID) == [page_of(people[BSUID])]


def test_a_reference_finds_its_person(owner, people):
    person = people[SIPHO]
    for typed in (str(person.uuid), str(person.uuid)[:8], f"Contact {str(person.uuid)[:8].upper()}"):
        assert page_of(person) in found(owner, typed)


def test_the_id_of_an_act_as_the_gate_gives_it_finds_its_person(owner, clinic, people):
    event = clinic.gate("health-tips", phone=f"+{SIPHO}")["event"]
    assert found(owner, event) == [page_of(people[SIPHO])]


def test_the_reference_of_a_request_finds_who_answered_it(owner, people):
    request = ConsentRequest.objects.get(events__contact=people[SIPHO])
    assert page_of(people[SIPHO]) in found(owner, str(request.uuid)[:8])


def test_a_whole_number_leads_straight_to_the_person(owner, people):
    answer = owner.post(LOOK_UP, {"q": "082 000 0101"})
    assert (answer.status_code, answer["Location"]) == (302, page_of(people[THANDI]))


def test_nobody_found_is_a_helpful_page(owner, people):
    text = text_of(owner.post(LOOK_UP, {"q": "98765"}))
    assert "Nobody was found" in text
    assert "Try fewer digits" in text


def test_a_suppressed_number_is_told(owner, clinic):
    key = OrganisationKey.objects.create(organisation=clinic.organisation, use="suppression")
    digest = digests._hmac(key.readable, f"phone::+{THANDI}")
    Suppression.objects.create(organisation=clinic.organisation, key=key, digest=digest, reason="erased")
    assert "whoever it belonged to was erased" in text_of(owner.post(LOOK_UP, {"q": "0820000101"}))


# What is kept of it: nothing


def test_what_was_typed_is_taken_from_the_body_alone(owner, people):
    answer = owner.get(LOOK_UP, {"q": "0820000101"})
    assert answer.context["people"] == []
    assert not AuditEntry.objects.filter(action="looked_up").exists()


def test_looking_up_is_noted_without_the_number(owner, people):
    owner.post(LOOK_UP, {"q": "082 000 0101"})
    entry = AuditEntry.objects.get(action="looked_up")
    assert entry.detail == {"by": "number", "found": 1}
    assert "0101" not in f"{entry} {entry.reason} {entry.detail} {entry.object_id}"


def test_no_list_takes_a_number_in_its_address(owner, people):
    page = owner.get(reverse("admin:optins_contact_changelist"), {"q": "999"})
    assert page.context["cl"].result_count == len(people)
    assert 'method="post" action="/admin/optins/contact/look-up/"' in page.content.decode()


# Who finds whom


def test_who_may_not_see_numbers_finds_a_whole_number_and_cannot_read_one_out_piece_by_piece(staff, people):
    viewer = staff("viewer")
    assert found(viewer, "082 000 0101") == [page_of(people[THANDI])]
    for part in ("0101", "+2782", "082", "8200001"):
        assert found(viewer, part) == []
    assert "by the whole number only" in text_of(viewer.post(LOOK_UP, {"q": "0101"}))


def test_another_organisation_finds_nobody(stranger, people):
    for typed in ("+27820000101", "0101", BSUID, str(people[THANDI].uuid), str(people[THANDI].uuid)[:8]):
        assert found(stranger, typed) == []


def test_who_only_captures_may_not_look_up(staff, people):
    assert staff("agent").post(LOOK_UP, {"q": "0101"}).status_code == 403


# The list


def test_the_list_takes_the_same_number_of_queries_for_one_person_and_for_many(owner, clinic):
    address = reverse("admin:optins_contact_changelist")
    clinic.write(clinic.choose("health-tips"))
    owner.get(address)
    with CaptureQueriesContext(connection) as one:
        owner.get(address)
    for number in range(4):
        clinic.write(clinic.choose("health-tips"), person=f"2782000030{number:02}")
    with CaptureQueriesContext(connection) as many:
        assert "5 contacts" in text_of(owner.get(address))
    assert len(many) == len(one)


def test_a_look_up_takes_the_same_number_of_queries_whoever_it_finds(owner, clinic, people):
    with CaptureQueriesContext(connection) as one:
        assert len(found(owner, "0101")) == 1
    for number in range(4):
        clinic.write(clinic.choose("health-tips"), person=f"2782000030{number:02}")
    with CaptureQueriesContext(connection) as many:
        assert len(found(owner, "003")) == 4
    assert len(many) == len(one)


def test_the_list_masks_numbers_for_those_who_may_not_see_them(staff, people):
    page = staff("viewer").get(reverse("admin:optins_contact_changelist")).content.decode()
    assert THANDI[4:] not in page
    assert "+27•••••••01" in page
