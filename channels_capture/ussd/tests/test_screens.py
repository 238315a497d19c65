"""Screens: they fit in every language, and leave nothing out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels_capture import keyed, seed
from channels_capture.ussd import screens, script
from channels_capture.ussd.tests.phones import REMINDERS, TIPS
from optins.consent import texts, wording

pytestmark = pytest.mark.once


def test_in_each_language_every_screen_fits_and_nothing_of_the_wording_is_left_out(clinic):
    channel = next(row for row in clinic.demo.channels if row.kind == "ussd")
    purposes, rows = list(channel.purposes.all()), keyed.wordings(channel)
    assert list(rows) == seed.LANGUAGES
    for language, row in rows.items():
        row.details = f"{row.body} {row.stop} {row.privacy}"
        steps = script.build({language: row}, purposes, 18).steps(language)
        told = [step.lines[0].text for step in steps]
        again = [step.lines[0].text for step in steps[-1].details]
        assert all(map(screens.fits, [*told, *again]))
        assert [step.purpose for step in steps if step.purpose] == [REMINDERS, TIPS]
        lines = [wording.line(row, purpose, 18) for purpose in purposes]
        assert without_keys(told, language) == "".join(
            f"{row.body}{row.stop}{row.privacy}{''.join(lines)}".split()
        )
        assert without_keys(again, language) == "".join(f"{row.details}{lines[-1]}".split())
        for ending in ("keys_thanks", "keys_stopped", "keys_refused", "keys_nothing"):
            for name in (clinic.organisation.name, "The very long name of an association " * 6):
                assert screens.fits(screens.shortened(name, script._filled(ending, language)))


def without_keys(pages, language):
    """What the pages tell, without the keys below it and any space."""
    for digit, key in zip("01239", ("more", "yes", "no", "details", "stop"), strict=True):
        label = texts.text(f"keys_{key}", language)
        pages = [page.replace(f"\n{digit} {label}", "") for page in pages]
    return "".join("".join(pages).split())


characters = st.text(st.sampled_from("ab é€ أن\n"), min_size=1, max_size=400).filter(str.strip)

labels = st.sampled_from(["\n0 More", "\n0 आगे"])

choices = st.sampled_from(["\n1 Yes\n2 No", "\n1 हाँ\n2 नहीं"])


@pytest.mark.once
@given(characters, labels, choices)
def test_screens_fit_keep_every_character_in_order_and_leave_no_choice_alone(words, more, choices):
    told, asked = screens.telling(words, more), screens.asking(words, more, choices)
    assert all(map(screens.fits, [*told, *asked]))
    inside = [page.removesuffix(more) for page in asked[:-1]] + [asked[-1].removesuffix(choices)]
    for pages in (inside, [page.removesuffix(more) for page in told]):
        assert "".join("".join(pages).split()) == "".join(words.split())
        assert all(map(str.strip, pages))


@pytest.mark.once
def test_a_screen_holds_182_characters_of_gsm_or_80_of_any_other():
    assert screens.fits("a" * 182)
    assert not screens.fits("a" * 183)
    assert not screens.fits("€" * 92)  # two each
    assert screens.fits("अ" * 80)
    assert not screens.fits("अ" * 81)
    assert not screens.fits("😀" * 41)
