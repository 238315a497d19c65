"""The platform's contacts: profile, schema, claim, and the old check of numbers."""

from sandbox.exchange import Answer, ApiError, Json, Request, bad_request, json_answer
from sandbox.people import BSUID, DIGITS, Contact
from sandbox.state import State


def read_profile(state: State, request: Request, contact_id: str) -> Answer:
    return json_answer(_profile(state, known_contact(state, contact_id)))


def change_profile(state: State, request: Request, contact_id: str) -> Answer:
    """Set the given fields alone: all of them, or none when one does not fit."""
    values = _cast(state, request.json())
    contact = state.find_contact(checked_id(contact_id))
    status = 200 if contact else 201
    contact = contact or state.make_contact(contact_id)
    set_fields(contact, values)
    return json_answer(_profile(state, contact), status)


def read_schema(state: State, request: Request) -> Answer:
    return json_answer(state.schema.as_json())


def replace_schema(state: State, request: Request) -> Answer:
    body = request.json()
    state.schema.replace(body.get("version"), body.get("fields"))
    return json_answer(state.schema.as_json(), 201)


def read_claim(state: State, request: Request, contact_id: str) -> Answer:
    return json_answer({"uuid": _claim(known_contact(state, contact_id))})


def release_claim(state: State, request: Request, contact_id: str) -> Answer:
    contact = known_contact(state, contact_id)
    if request.json().get("claim_uuid") != _claim(contact):
        raise bad_request("claim_uuid is not the claim that is held")
    contact.claim = None
    return Answer(204)


def check_numbers(request: Request) -> Answer:
    """The older meaning of `POST /v1/contacts`: which of these numbers can be written to."""
    numbers = request.json().get("contacts")
    if not isinstance(numbers, list):
        raise bad_request("contacts is a list of numbers with plus")
    return json_answer({"contacts": [_checked_number(str(number)) for number in numbers]})


def known_contact(state: State, contact_id: str) -> Contact:
    contact = state.find_contact(checked_id(contact_id))
    if contact is None:
        raise ApiError(404, 1006, "Resource not found", "unknown contact")
    return contact


def checked_id(contact_id: str) -> str:
    if not (DIGITS.fullmatch(contact_id) or BSUID.fullmatch(contact_id)):
        raise bad_request("a contact is named by its number without plus, or by its BSUID")
    return contact_id


def set_fields(contact: Contact, values: Json) -> None:
    contact.fields.update(values)
    contact.generation += 1


def _cast(state: State, given: Json) -> Json:
    unknown = sorted(given.keys() - state.schema.fields.keys())
    if unknown:
        raise bad_request(f"not in the contact schema: {', '.join(unknown)}")
    try:
        return {name: state.schema.fields[name].cast(value) for name, value in given.items()}
    except ValueError as error:
        raise bad_request(str(error)) from error


def _profile(state: State, contact: Contact) -> Json:
    return {
        "version": state.schema.version,
        "generation": contact.generation,
        "schema": state.schema.uuid,
        "fields": state.fields_of(contact),
    }


def _claim(contact: Contact) -> str:
    if contact.claim is None:
        raise ApiError(404, 1006, "Resource not found", "no claim is held")
    return contact.claim


def _checked_number(number: str) -> Json:
    digits = number.removeprefix("+")
    if not DIGITS.fullmatch(digits):
        return {"input": number, "status": "invalid"}
    return {"input": number, "status": "valid", "wa_id": digits}
