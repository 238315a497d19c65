"""The admin's frame: found by what staff do, in their words, with a sentence on each page."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from optins.admin.site import SECTIONS
from optins.models import ApiKey, ConsentEvent, Contact, Organisation, Sender, User
from tests.signing_in import signed_in
from tests.staff.abundance import more_of_everything
from tests.staff.conftest import ROLES

pytestmark = pytest.mark.once

SCREENS = sorted(admin.site._registry, key=lambda model: model.__name__)
LINK = re.compile(r'<a href="([^"]+)"( aria-current="\w+")?>(?:<svg.*?</svg>)?([^<]+)</a>', re.DOTALL)


@pytest.fixture
def owner(busy_clinic):
    return signed_in(busy_clinic.demo.admin)


def address(model, page="changelist", *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def navigation(client, path, name):
    """The entries of one navigation: {label: aria-current or None}."""
    page = client.get(path).content.decode()
    part = re.search(rf'<nav class="{name}".*?</nav>', page, re.DOTALL)
    return {text: current.strip() or None for _, current, text in LINK.findall(part[0])} if part else {}


@pytest.mark.parametrize("model", SCREENS, ids=lambda model: model.__name__)
def test_every_screen_names_its_section_and_says_in_a_sentence_what_it_is_for(model):
    screen: Any = admin.site._registry[model]
    assert screen.section in SECTIONS
    assert screen.help.endswith(".")
    assert 20 < len(screen.help) < 130


def test_each_list_shows_its_sentence_and_its_own_name_and_links_no_sheet_past_the_layer(owner):
    for model in SCREENS:
        page = owner.get(address(model)).content.decode()
        screen: Any = admin.site._registry[model]
        assert f'<p class="page-help">{screen.help}' in page.replace("&#x27;", "'")
        assert "to change</h1>" not in page
        assert "admin/css/" not in page


def test_each_list_asks_the_database_as_often_however_many_rows_it_has(owner, busy_clinic):
    rows, few = {model: model._default_manager.count() for model in SCREENS}, queries(owner)
    more_of_everything(busy_clinic)
    assert [model for model in SCREENS if model._default_manager.count() < rows[model] + 3] == []
    many = queries(owner)
    assert {model: many[model] for model in SCREENS if len(many[model]) > len(few[model])} == {}


def queries(client):
    """What each list asks, once what is read and kept (e.g. content types) has been read."""
    asked = {}
    for model in SCREENS:
        client.get(address(model))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(model)).status_code == 200
        asked[model] = [query["sql"] for query in captured]
    return asked


def test_the_navigation_follows_what_staff_do_and_marks_where_one_is(owner, busy_clinic):
    person = Contact.objects.get()
    assert list(navigation(owner, reverse("admin:index"), "sections")) == ["Home", *SECTIONS.values()]
    for path in (address(Contact), address(Contact, "change", person.pk)):
        sections, tabs = navigation(owner, path, "sections"), navigation(owner, path, "tabs")
        assert [name for name, current in sections.items() if current] == ["People"]
        assert {name: current for name, current in tabs.items() if current} == {
            "Contacts": 'aria-current="page"'
        }
    home = navigation(owner, reverse("admin:index"), "sections")
    assert [name for name, current in home.items() if current] == ["Home"]


@pytest.mark.parametrize("role", ROLES)
def test_the_navigation_holds_what_the_role_may_open_and_nothing_else(busy_clinic, role):
    client = signed_in(User.objects.get(username=role))
    page = client.get(reverse("admin:index"), follow=True)
    shown = {screen.url for section in page.context["sections"] for screen in section.screens}
    assert shown == {address(model) for model in SCREENS if client.get(address(model)).status_code == 200}


def test_a_founder_without_an_organisation_sees_only_where_to_make_one(db):
    client = signed_in(User.objects.create_superuser("founder"))
    assert list(navigation(client, reverse("admin:index"), "sections")) == ["Home", "Settings"]


def test_the_page_of_one_django_app_leads_home(owner):
    answer = owner.get(reverse("admin:app_list", args=["optins"]))
    assert answer["Location"] == reverse("admin:index")


def test_an_empty_list_says_what_will_stand_there(busy_clinic, member, elsewhere):
    page = signed_in(member("owner", elsewhere)).get(address(Contact)).content.decode()
    assert "Nobody has opted in yet." in page
    assert "0 contacts" not in page


def test_an_empty_list_offers_to_add_the_first_row(busy_clinic, member, elsewhere):
    page = signed_in(member("owner", elsewhere)).get(address(Sender)).content.decode()
    assert f'href="{address(Sender, "add")}"' in page


def test_a_filter_that_nothing_fits_offers_all_of_them(owner):
    page = owner.get(address(ConsentEvent) + "?kind__exact=erased").content.decode()
    assert "Nothing matches" in page
    assert "Kind: <b>Erased</b></summary>" in page


def test_a_moment_is_one_labelled_field(owner, busy_clinic):
    page = owner.get(address(Organisation, "change", busy_clinic.organisation.pk)).content.decode()
    assert '<label for="id_closed_at">' in page
    assert '<input type="datetime-local" name="closed_at"' in page


def test_a_moment_is_saved_as_it_was_chosen(owner, busy_clinic):
    key = busy_clinic.organisation.api_keys.get()
    path = address(ApiKey, "change", key.pk)
    owner.post(path, {"name": "Demo", "revoked_at": "2026-11-20T09:15:02"})
    key.refresh_from_db()
    assert f"{key.revoked_at:%Y-%m-%d %H:%M:%S}" == "2026-11-20 09:15:02"
    assert 'value="2026-11-20T09:15:02"' in owner.get(path).content.decode()


def test_a_number_keeps_its_direction(owner):
    page = owner.get(address(Sender)).content.decode()
    assert '<bdi dir="ltr" class="number">+27820000900</bdi>' in page


def test_whoever_is_refused_or_lost_finds_the_way_back(busy_clinic):
    viewer = signed_in(User.objects.get(username="viewer"))
    for path, status in ((address(ApiKey), 403), ("/admin/nowhere/", 404)):
        answer = viewer.get(path)
        assert answer.status_code == status
        assert f'<a href="{reverse("admin:index")}">Back to the start</a>' in answer.content.decode()


def test_each_cell_of_a_list_says_what_it_is_for_a_phone_has_no_columns(owner, busy_clinic):
    page = owner.get(address(Contact)).content.decode()
    assert '<td data-label="Says" class="field-' in page
    for model in SCREENS:
        answer = owner.get(address(model))
        row = re.search(r"<tbody>.*?</tr>", answer.content.decode(), re.S)
        cells = re.findall(r"<td [^>]*>", row[0]) if row else []
        assert [cell for cell in cells if "data-label" not in cell and "action-checkbox" not in cell] == []
