"""The prescribed form in a real browser: on the smallest screen, without scripts, on one sheet of paper."""

import re

import pytest
from django.urls import reverse

from channels_capture.website import tokens
from tests.browsing import MODES, SMALL, beyond, follow, opened, picture, problems, violations

pytestmark = pytest.mark.walk


def test_the_form_can_be_filled_in_anywhere_and_is_printed_on_one_sheet(
    browser, live_clinic, live_server, monkeypatch, visit
):
    monkeypatch.setattr(tokens, "TOO_YOUNG", 0)
    complaints = []
    address = f"/c/{live_clinic.tap.slug}/form/"
    options = {**SMALL, "java_script_enabled": False, "locale": "zu"}
    with opened(browser, live_server.url, complaints, expects="422", **options) as page:
        page.goto(address)
        follow(page.get_by_role("button"))
        page.get_by_role("alert").wait_for()
        assert page.get_by_label("Amagama akho aphelele").get_attribute("aria-invalid") == "true"
        page.get_by_label("Amagama akho aphelele").fill("Thandi Mokoena")
        page.get_by_role("checkbox").check()
        follow(page.get_by_role("button"))
        assert page.locator(".qr svg").count() == 1
    for scheme in ("light", "dark"):
        with opened(
            browser, live_server.url, complaints, expects="422", color_scheme=scheme, **SMALL
        ) as page:
            page.goto(f"{address}?lang=en")
            assert beyond(page) == 0
            picture(page, f"form-4-{scheme}", 360)
            follow(page.get_by_role("button"))
            picture(page, f"form-4-{scheme}-errors", 1280)
            assert violations(page) == []
    assert complaints == []
    with visit(**MODES["light"]) as page:
        for language in ("en", "zu"):
            page.goto(
                f"{reverse('admin:optins_capturechannel_form', args=[live_clinic.tap.pk])}?lang={language}"
            )
            picture(page, f"form-4-print-{language}")
            assert problems(page) == []
            paper = page.pdf(prefer_css_page_size=True)
            assert len(re.findall(rb"/Type /Page\b(?!s)", paper)) == 1
