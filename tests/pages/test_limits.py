"""What the hosted page and its answer never do, and programs in their place."""

import gzip
from collections import Counter

import pytest
from django.apps import apps

from optins.consent import texts
from optins.models import ConsentRequest
from tests.pages.page import BOTH, Page, error_state, send, show

pytestmark = pytest.mark.once

BUDGET = 14 * 1024
every_language = pytest.mark.parametrize("language", texts.languages())


def rows():
    """How many rows there are of everything."""
    return Counter({model.__name__: model._base_manager.count() for model in apps.get_models()})


@every_language
def test_each_page_is_small(each, language):
    assert len(gzip.compress(each(language).content)) <= BUDGET


def test_no_page_sets_a_cookie(each):
    assert not each().cookies


def test_no_page_needs_a_script_a_style_attribute_or_anything_from_elsewhere(each):
    page = Page(each())
    assert page.all("script") == []
    for element in page.all():
        assert [name for name in element.attributes if name == "style" or name.startswith("on")] == []
        assert element["src"] is None
    (icon,) = page.all("link")
    assert icon["href"].startswith("data:")
    assert "url(" not in page.one("style").text
    assert "@import" not in page.one("style").text


def test_the_policy_allows_this_one_style_sheet_and_nothing_unsafe(each):
    response = each()
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert f"'nonce-{Page(response).one('style')['nonce']}'" in policy


def test_a_look_at_the_page_makes_no_row(clinic):
    before = rows()
    show(clinic, "?lang=ar&p=K7QX")
    show(clinic, channel=clinic.tap)
    assert rows() == before


def test_a_refused_form_makes_no_row(clinic):
    before = rows()
    error_state(clinic)
    send(clinic, age=0, purposes=BOTH, phone="0820000101")
    assert rows() == before


# Abuse


def test_a_filled_trap_makes_no_request(clinic):
    response = send(clinic, purposes=BOTH, phone="0820000101", website="https://spam.example")
    assert response.status_code == 422
    assert b"wa.me" not in response.content
    assert not ConsentRequest.objects.exists()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://testserver.evil.example"])
def test_a_post_from_another_site_is_refused(clinic, origin):
    response = send(clinic, purposes=BOTH, phone="0820000101", headers={"Origin": origin})
    assert response.status_code == 403
    assert not ConsentRequest.objects.exists()


def test_a_post_from_the_page_itself_is_taken(clinic):
    assert (
        send(clinic, purposes=BOTH, phone="0820000101", headers={"Origin": "http://testserver"}).status_code
        == 200
    )
