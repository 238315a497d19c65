"""A number is found however it is written, in whatever it stands, and nobody else's is."""

import ast
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optins.consent import numbers
from optins.consent.signal import whatsapp
from optins.consent.traces import APART, Traces
from optins.models import ConsentEvent, Evidence, InboundDelivery
from tests import signals, sources
from tests.clinic import SIPHO, THANDI
from tests.rights.conftest import erase, person
from tests.rights.searching import is_in, places_of
from tests.rights.writing import hidden, written
from tests.signals import record_all, yes

OWN = THANDI.removeprefix("27")
THANDIS = Traces(whatsapp(digits=THANDI))
# Country, the number there, and the zero that it has at home.
PEOPLE = st.sampled_from(
    [("27", OWN, "0"), ("254", "712345678", "0"), ("49", "15112345678", "0"), ("47", "91234567", "")]
)
ALIKE = {"5511988887777": "551188887777", "525512345678": "5215512345678", "5491123456789": "541123456789"}


@pytest.mark.once
@given(
    data=st.data(),
    people=PEOPLE,
    before=st.sampled_from(["", "call ", "<b>", "3, "]),
    after=st.sampled_from(["", ".", " or", "</b>"]),
)
def test_a_number_is_found_in_any_writing_in_any_text(data, people, before, after):
    code, own, trunk = people
    text = f"{before}{data.draw(written(code, own, trunk))}{after}"
    traces = Traces(whatsapp(digits=code + own))
    for value in (text, {"note": [text]}, {text: 1}, json.dumps({"body": text}).encode(), text.encode()):
        assert traces.are_in(value), text
    assert not traces.are_in(traces.hidden(text))
    assert is_in(text.encode(), own), "the tests' own search is to find whatever the tests write"


@pytest.mark.once
@given(people=PEOPLE, before=st.integers(0, 5))
def test_a_number_is_found_in_base64_and_in_the_ids_of_messages(people, before):
    code, own, trunk = people
    traces = Traces(whatsapp(digits=code + own))
    for raw in (code + own, f"+{code}{own}", trunk + own):
        assert traces.are_in(f"wamid.{hidden(raw, before)}")
        assert is_in(hidden(raw, before).encode(), own)


@pytest.mark.once
@pytest.mark.parametrize(
    "text",
    [
        f"1{THANDI}", f"{THANDI}5", f"{OWN}5", "+254 820000101", "+254 (0)820000101", "00254 0820000101",
        "082 000 010", SIPHO, "82 000 0102", "0.820000102",
    ],
)  # fmt: skip
def test_nobody_elses_number_is_taken_for_it(text):
    assert not THANDIS.are_in(text)
    assert THANDIS.hidden(text) == text


@pytest.mark.once
@pytest.mark.parametrize("text", ["082 000 0101 or +254 820000101", "+254 820000101, 082 000 0101"])
def test_dots_stand_in_its_place_alone(text):
    assert THANDIS.hidden(text) == text.replace("082 000 0101", "…")


@pytest.mark.once
@given(digits=st.from_regex("55[1-9]{2}9[6-9][0-9]{7}|52[0-9]{10}|549[1-8][0-9]{9}", fullmatch=True))
def test_each_form_of_a_number_is_found_by_any_other(digits):
    forms = numbers.equivalent(f"+{digits}")
    assert len(forms) == 2
    assert {numbers.canonical(form) for form in forms} == {numbers.canonical(f"+{digits}")}
    for one in forms:
        assert all(Traces(whatsapp(digits=one[1:])).are_in(other) for other in forms)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(written("27", OWN), min_size=6, max_size=6))
def test_whatever_the_database_keeps_with_it_is_found_there(clinic, texts):
    """On PostgreSQL the database itself says which rows are worth a look."""
    with signals.undone():
        record_all(clinic, yes("sipho", digits=SIPHO))
        event = ConsentEvent.objects.first()
        Evidence.objects.all().delete()
        InboundDelivery.objects.all().delete()
        for text in [*texts, "nothing of hers: +27 82 000 0102"]:
            Evidence.objects.update_or_create(event=event, part="act", defaults={"payload": {"note": text}})
            found = THANDIS.found_in(Evidence.objects.all(), "payload")
            assert bool(found) == (text in texts), text
            for body in (text.encode(), json.dumps({"body": text}).encode(), f"\0\xff{text}".encode()):
                InboundDelivery.objects.create(
                    channel=clinic.thread,
                    body=body,
                    headers={},
                    received_at=signals.NOW,
                    next_attempt_at=signals.NOW,
                )
        bodies = InboundDelivery.objects.order_by("pk")
        assert len(THANDIS.found_in(bodies, "body", "headers")) == 3 * len(texts)


FORMS = [
    "(082) 000 0101", "082.000.0101", "+27 (0)82 000 0101", "0820 000 101", "082 0000101", "082/000 0101",
    "+27\u00a082\u00a0000\u00a00101", "٠٨٢٠٠٠٠١٠١", "27-82-000-0101", "+27.82.000.0101", "०८२ ००० ०१०१",
    "%2B27%2082%20000%200101", "0820000101",
]  # fmt: skip


def test_evidence_of_others_that_names_whoever_is_erased_goes_however_it_does(clinic):
    clinic.write(clinic.choose("health-tips"))
    for text in [*FORMS, "+27 82 000 0102"]:
        tell_of(clinic, text)
    assert "optins_evidence.payload" in places_of(THANDI)
    erase(person())
    assert places_of(THANDI) == set()
    assert Evidence.objects.get(event__contact=person(SIPHO)).payload["note"].endswith("0102")


@pytest.mark.parametrize(("digits", "other"), ALIKE.items())
def test_the_other_form_of_a_number_goes_too(clinic, digits, other):
    clinic.write("Hello", person=other)
    clinic.write(clinic.choose("health-tips"), person=digits)
    tell_of(clinic, f"+{other}")
    code = digits[:2]
    assert {place.partition(".")[0] for place in places_of(other, calling_code=code)} >= {"optins_evidence"}
    erase(person(numbers.canonical(f"+{digits}")[1:]))
    for form in (digits, other):
        assert places_of(form, calling_code=code) == set()


def tell_of(clinic, text):
    """Somebody else's act has evidence that names her."""
    body = {"phone": f"+{SIPHO}", "channel": "riverside-web", "action": "withdraw", "purposes": "all"}
    answer = clinic.api("consents", body | {"evidence": {"note": f"told by his wife, {text}"}})
    assert answer.status_code == 201, answer.content


def _reads_a_list(node):
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "objects"
    return is_call and isinstance(node.args[1], ast.Constant)


# Parts of a delivery


CARD = {"name": {"formatted_name": "Thandi Mokoena"}, "phones": [{"phone": "+27 82 000 0101"}]}


@pytest.mark.once
@pytest.mark.parametrize("phones", [CARD["phones"], [*CARD["phones"], {"phone": "+27 82 000 0909"}]])
def test_the_name_on_a_contact_card_goes_with_a_number_beside_it(phones):
    other = {"name": {"formatted_name": "Lindiwe"}, "phones": [{"phone": "+27 82 000 0303"}]}
    message = {"from": SIPHO, "type": "contacts", "contacts": [CARD | {"phones": phones}, other]}
    left = json.loads(THANDIS.without(json.dumps({"messages": [message]}).encode()))
    assert left == {"messages": [message | {"contacts": [other]}]}


@pytest.mark.once
def test_what_is_about_others_stays_in_a_delivery_whoever_it_stands_beside():
    value = {
        "contacts": [{"profile": {"name": "Thandi M"}, "wa_id": THANDI}],
        "messages": [{"from": THANDI, "text": {"body": "Hi"}}, {"from": SIPHO, "text": {"body": "STOP"}}],
        "statuses": [{"recipient_id": SIPHO, "status": "read"}],
    }
    body = {"object": "account", "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]}
    left = json.loads(THANDIS.without(json.dumps(body).encode()))
    kept = {"contacts": [], "messages": value["messages"][1:], "statuses": value["statuses"]}
    assert left["entry"][0]["changes"][0]["value"] == kept


@pytest.mark.once
def test_every_list_in_which_a_platform_puts_people_side_by_side_is_known():
    told = {
        node.args[1].value
        for module, tree in sources.modules().items()
        for node in ast.walk(tree)
        if module.startswith("channels_capture") and _reads_a_list(node)
    }
    assert told - {"phones"} == APART
