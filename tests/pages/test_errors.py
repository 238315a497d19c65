"""What the hosted page refuses, and how it says so."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from channels_capture.website import tokens
from optins.consent import texts, wording
from optins.models import ConsentRequest
from tests.pages.page import BOTH, Page, send, show, words

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("fields", "field", "error"),
    [
        ({"phone": "0820000101"}, "purposes", "error_nothing_chosen"),
        ({"purposes": "nonsense", "phone": "0820000101"}, "purposes", "error_nothing_chosen"),
        ({"purposes": BOTH, "phone": "12"}, "phone", "error_number_impossible"),
        ({"purposes": BOTH, "phone": "my number"}, "phone", "error_number_impossible"),
        ({"purposes": BOTH, "phone": " "}, "phone", "error_number_missing"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_error_is_shown_above_and_beside_its_field(clinic, fields, field, error, language):
    response = send(clinic, f"?lang={language}", language=language, **fields)
    assert response.status_code == 422
    page, text = Page(response), texts.text(error, language)
    summary = page.one(role="alert")
    assert "autofocus" in summary.attributes
    assert text in words(summary)
    assert words(page.one("a", href=f"#{field}")) == text
    wrong = page.all("input", name=field)
    assert {e["aria-invalid"] for e in wrong} == {"true"}
    assert page.one(id=field) is wrong[0]
    assert text in page.described(page.one("fieldset") if field == "purposes" else wrong[0])
    assert page.one("title").text == texts.text("error_title", language, title=words(page.one("h1")))


@pytest.mark.parametrize(
    ("age", "spoil", "error"),
    [
        (25 * 3600, "", "error_form_old"),
        (0, "", "error_form_fast"),
        (10, "x", "error_form_token"),
        (-60, "", "error_form_token"),
    ],
    ids=["stale", "too fast", "forged", "from the future"],
)
def test_a_token_that_is_no_good_is_said_above_and_everything_typed_is_kept(clinic, age, spoil, error):
    shown = wording.translation(clinic.web.notice, "en")
    with time_machine.travel(timezone.now(), tick=False):
        token = tokens.make(clinic.web, shown, "", timezone.now() - timedelta(seconds=age)) + spoil
        response = send(clinic, token=token, purposes=BOTH, phone="0820000101")
    assert response.status_code == 422
    page = Page(response)
    assert texts.text(error, "en") in words(page.one(role="alert"))
    assert page.one("title").text.startswith("Error: ")
    assert all("checked" in box.attributes for box in page.all("input", type="checkbox"))
    assert page.one("input", name="phone")["value"] == "0820000101"
    assert not ConsentRequest.objects.exists()


@pytest.mark.parametrize("token", ["", "nonsense", "a:b:c"])
def test_a_made_up_token_is_refused(clinic, token):
    response = send(clinic, token=token, purposes=BOTH, phone="0820000101")
    assert response.status_code == 422
    assert texts.text("error_form_token", "en") in words(Page(response).one(role="alert"))


def test_a_token_of_another_page_is_refused(clinic):
    shown = wording.translation(clinic.tap.notice, "en")
    token = tokens.make(clinic.tap, shown, "", timezone.now() - timedelta(seconds=10))
    assert send(clinic, token=token, purposes=BOTH, phone="0820000101").status_code == 422
    assert not ConsentRequest.objects.exists()


def test_what_was_typed_and_chosen_is_kept_beside_an_error(clinic):
    page = Page(send(clinic, purposes="health-tips", phone='"12', country="KE"))
    boxes = page.all("input", type="checkbox")
    assert [box["value"] for box in boxes if "checked" in box.attributes] == ["health-tips"]
    assert page.one("input", name="phone")["value"] == '"12'
    assert [o["value"] for o in page.all("option") if "selected" in o.attributes] == ["KE"]


def test_a_country_that_does_not_exist_does_no_harm(clinic):
    page = Page(send(clinic, purposes=BOTH, phone="12", country="<<"))
    assert not [o for o in page.all("option") if o["value"] == "<<"]


def test_the_page_works_from_its_own_form(clinic):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        form = Page(show(clinic, "?lang=zu")).one("input", name="token")["value"]
        clock.shift(30)
        response = send(clinic, "?lang=zu", token=form, purposes=BOTH, phone="0820000101")
    assert response.status_code == 200
    assert ConsentRequest.objects.get().language == "zu"
