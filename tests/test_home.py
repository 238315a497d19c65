"""The front page."""

import pytest

pytestmark = pytest.mark.once


def test_the_front_page_leads_staff_on_and_names_nobodys_organisation(clinic):
    page = clinic.client.get("/").content.decode()
    assert 'href="/admin/"' in page
    assert 'href="/api/v1/docs/"' in page
    assert "Riverside" not in page


def test_in_the_demo_the_front_page_leads_to_its_pages_and_its_phone(clinic, settings):
    settings.DEMO = True
    page = clinic.client.get("/").content.decode()
    assert 'href="/c/riverside-web/"' in page
    assert settings.SANDBOX_URL in page
