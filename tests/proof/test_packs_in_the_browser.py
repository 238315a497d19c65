"""What staff press to get a pack, and the pages inside it: readable on any screen, and without a script."""

import pytest

from channels_capture import placements
from tests.browsing import beyond, follow, picture, problems, resize
from tests.proof.packs import pack_of
from tests.proof.people import agree

pytestmark = pytest.mark.walk


def test_the_forms_and_the_receipt_of_staff_fit_and_say_what_is_missing(visit, clinic):
    thandi = agree(clinic, "appointment-reminders")
    placements.add(clinic.tap, label="Poster in the hall", campaign="Spring 2027")
    wrong = []
    with visit(locale="en") as page:
        for name, address, button in (
            ("pack", f"/admin/optins/contact/{thandi.pk}/pack/", "Make the pack"),
            ("campaign", "/admin/optins/placement/packs/", "Make the packs"),
            ("packs", f"/admin/optins/capturechannel/{clinic.tap.pk}/packs/", "Make the packs"),
        ):
            page.goto(address)
            picture(page, name)
            wrong += problems(page)
            follow(page.get_by_role("button", name=button))
            picture(page, f"{name}-error")
            wrong += problems(page)
        page.goto(f"/admin/optins/contact/{thandi.pk}/")
        picture(page, "person")
        follow(page.get_by_role("link", name="Receipt"))
        picture(page, "staff-receipt")
        wrong += problems(page)
    assert not wrong


def test_the_pages_of_a_pack_can_be_read_anywhere(browser, live_clinic, tmp_path):
    thandi = agree(live_clinic, *live_clinic.purposes)
    live_clinic.write("STOP")
    thandi.language = "ar"
    thandi.save()
    folder = pack_of(thandi, tmp_path / "pack")
    wrong, asked = [], []
    with browser.new_context(java_script_enabled=True) as context:
        page = context.new_page()
        page.on("request", lambda sent: sent.url.startswith("file:") or asked.append(sent.url))
        for name, path in {
            "index": folder / "index.html",
            "arabic": folder / "index.ar.html",
            "words": next(folder.glob("wording/*.html")),
        }.items():
            page.goto(path.as_uri())
            wrong += problems(page)
            resize(page, 240)
            wrong += [f"{name}: beyond 240"] if beyond(page) else []
            picture(page, f"pack-{name}", 900)
    assert (wrong, asked) == ([], [])
