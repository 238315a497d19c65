"""Contacts as the platform keeps them: profiles, schema, claims and the bulk import."""

import pytest

pytestmark = pytest.mark.once

ONE = "/v1/contacts/27820000101/profile"
MANY = {"Content-Type": "text/csv"}


def import_csv(api, *lines):
    return api.post("/v1/contacts", content="\r\n".join([*lines, ""]), headers=MANY)


def test_an_unknown_contact_is_not_found(api, fixture):
    answer = api.get(ONE)
    assert (answer.status_code, answer.json()) == (404, fixture("api_error.response"))


@pytest.mark.parametrize("contact", ["27820000101", "ZA.13491208655300000001"])
def test_a_patch_makes_an_unknown_contact(contact, api, fixture):
    answer = api.patch(f"/v1/contacts/{contact}/profile", json=fixture("api_profile_patch_opt_in.request"))
    assert answer.status_code == 201
    assert api.get(f"/v1/contacts/{contact}/profile").json() == answer.json()


def test_a_profile_looks_as_recorded(api, fixture):
    recorded = fixture("api_profile.response")
    api.patch(ONE, json={"name": "Thandi", "opted_in": True, "language": "eng"})
    answer = api.patch(ONE, json={"opted_in_at": "2026-11-20T11:15:02+02:00"}).json()
    assert list(answer) == list(recorded)
    assert answer["fields"] == answer["fields"] | recorded["fields"]


def test_a_patch_changes_the_given_fields_alone(api):
    api.patch(ONE, json={"opted_in": True, "name": "Thandi"})
    answer = api.patch(ONE, json={"opted_in": False})
    assert answer.status_code == 200
    assert answer.json()["fields"]["name"] == "Thandi"
    assert answer.json()["generation"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"optin_channel": "WEB"},
        {"opted_in": "true"},
        {"opted_in": None},
        {"opted_in_at": "2026-11-20T09:15:02"},
        {"opted_in_at": "yesterday"},
        {"language": "English"},
    ],
)
def test_one_wrong_field_and_nothing_is_taken(wrong, api):
    answer = api.patch(ONE, json={"name": "Thandi"} | wrong)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["details"]
    assert api.get(ONE).status_code == 404


@pytest.mark.parametrize("contact", ["+27820000101", "Thandi", "za.1349", "0"])
def test_only_digits_and_bsuids_name_a_contact(contact, api):
    assert api.get(f"/v1/contacts/{contact}/profile").status_code == 400


def test_a_contact_who_showed_both_is_found_by_either(api, sandbox):
    message = {"from": "27820000101", "bsuid": "ZA.1349", "text": "hello"}
    sandbox.control("POST", "/sandbox/phone/send", message)
    api.patch("/v1/contacts/ZA.1349/profile", json={"opted_in": True})
    assert api.get(ONE).json()["fields"]["opted_in"] is True


def test_without_the_accept_header_profiles_are_not_to_be_had(api):
    assert api.get(ONE, headers={"Accept": "*/*"}).status_code == 406


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Bearer", "Basic secret-1", "secret-1"])
def test_a_bad_token_is_refused_without_json(authorization, api):
    answer = api.get(ONE, headers={"Authorization": authorization})
    assert (answer.status_code, answer.content) == (403, b"")


def test_custom_fields_exist_once_their_schema_is_posted(api, fixture):
    posted = api.post("/v1/contacts/schemas", json=fixture("api_contacts_schema_create.request"))
    assert posted.status_code == 201
    assert api.get("/v1/contacts/schemas").json() == posted.json()
    names = [field["name"] for field in posted.json()["fields"]]
    assert {"opted_in", "opted_in_at", "optin_channel", "optout_at"} <= set(names)
    assert api.patch(ONE, json={"optin_channel": "USSD", "optout_at": None}).status_code == 201
    assert api.patch(ONE, json={"optin_channel": "FAX"}).status_code == 400


def test_a_new_schema_takes_the_place_of_the_last_ones_custom_fields(api, fixture):
    api.post("/v1/contacts/schemas", json=fixture("api_contacts_schema_create.request"))
    api.post("/v1/contacts/schemas", json={"version": "2", "fields": []})
    assert api.patch(ONE, json={"optin_channel": "USSD"}).status_code == 400


def test_an_import_answers_200_with_an_error_in_the_bad_cell(api, fixture):
    api.post("/v1/contacts/schemas", json=fixture("api_contacts_schema_create.request"))
    answer = import_csv(
        api,
        "urn,opted_in,opted_in_at,optin_channel",
        "+27820000101,true,2026-11-20T09:15:02Z,ussd",
        "+27820000102,yes,2026-11-20T09:15:02Z,web",
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv")
    assert answer.text == (
        "urn,opted_in,opted_in_at,optin_channel\r\n"
        "+27820000101,true,2026-11-20T09:15:02Z,ussd\r\n"
        "+27820000102,ERROR: cannot cast value of 'yes' to boolean,2026-11-20T09:15:02Z,web\r\n"
    )
    assert api.get(ONE).json()["fields"]["opted_in"] is True
    second = api.get("/v1/contacts/27820000102/profile").json()["fields"]
    assert (second["opted_in"], second["optin_channel"]) == (False, "web")


def test_an_empty_cell_of_an_import_leaves_its_field_alone(api):
    api.patch(ONE, json={"opted_in": True})
    import_csv(api, "urn,name,opted_in", "+27820000101,Thandi,")
    fields = api.get(ONE).json()["fields"]
    assert (fields["name"], fields["opted_in"]) == ("Thandi", True)


def test_a_row_of_an_import_without_a_number_is_marked(api):
    answer = import_csv(api, "urn,opted_in", "27820000101,true")
    assert answer.text.splitlines()[1].startswith("ERROR: '27820000101'")
    assert api.get(ONE).status_code == 404


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (["phone,opted_in", "+27820000101,true"], 400),
        (["urn,favourite_colour", "+27820000101,red"], 400),
        (["urn,opted_in", "+27820000101"], 400),
        (["urn,name", "+27820000101," + "x" * 1024 * 1024], 413),
    ],
)
def test_an_import_that_cannot_be_read_is_refused(lines, status, api):
    assert import_csv(api, *lines).status_code == status


def test_without_the_accept_header_contacts_is_the_old_check_of_numbers(api):
    body = {"blocking": "wait", "contacts": ["+27820000101", "none"]}
    answer = api.post("/v1/contacts", json=body, headers={"Accept": "application/json"})
    assert answer.json()["contacts"] == [
        {"input": "+27820000101", "status": "valid", "wa_id": "27820000101"},
        {"input": "none", "status": "invalid"},
    ]


def test_a_claim_is_read_and_released(api, sandbox):
    message = {"from": "27820000101", "text": "hello", "claim": "c-1"}
    sandbox.control("POST", "/sandbox/phone/send", message)
    path = "/v1/contacts/27820000101/claim"
    assert api.get(path).json() == {"uuid": "c-1"}
    assert api.request("DELETE", path, json={"claim_uuid": "c-2"}).status_code == 400
    assert api.request("DELETE", path, json={"claim_uuid": "c-1"}).status_code == 204
    assert api.get(path).status_code == 404
