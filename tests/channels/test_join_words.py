"""Staff write join words as lines of text; what would not be understood is told beside the field."""

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from channels_capture.join_words import LONGEST, JoinWords, problems
from optins.consent import keywords
from optins.consent.keywords import Intent
from tests.browsing import picture
from tests.browsing import problems as what_is_wrong
from tests.channels.writing import channel_of


@pytest.fixture
def address(clinic):
    channel = channel_of(clinic, "whatsapp_thread", "turn")
    return reverse("admin:optins_capturechannel_change", args=[channel.pk])


def written(manager, address, clinic, words):
    form = manager.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    values |= {"join_words": words, "purposes": [purpose.pk for purpose in clinic.purposes.values()]}
    return manager.post(address, values)


def test_join_words_are_lines_of_text_and_each_problem_stands_beside_the_field(manager, clinic, address):
    assert ">\nJOIN\nHI CLINIC</textarea>" in manager.get(address).content.decode()
    assert written(manager, address, clinic, "join\r\n\r\n Hallo   Kliniek،سلام ,").status_code == 302
    clinic.thread.refresh_from_db()
    assert clinic.thread.join_words == ["join", "Hallo Kliniek", "سلام"]
    assert keywords.is_join("hallo kliniek please", clinic.thread.join_words)

    wrong = f"Café, CAFE, !!!, {'long ' * 9}, Stop, hayi, stop TB"
    answer = written(manager, address, clinic, wrong)
    told = list(answer.context["adminform"].form.errors["join_words"])
    assert told == [
        "“CAFE” is here already, as “Café”: capitals and accents make no difference.",
        "“!!!” has no letter and no digit, so no message can be told by it.",
        f"“{' '.join(['long'] * 9)}” has 44 characters. The most are {LONGEST}.",
        "“Stop” is heard as “stop” in every language. Choose another word.",
        "“hayi” is heard as “no” in Xhosa. Choose another word.",
        "“stop TB” may be heard as a stop, for its “stop”. Choose another word.",
    ]
    assert wrong in answer.content.decode()
    clinic.thread.refresh_from_db()
    assert clinic.thread.join_words == ["join", "Hallo Kliniek", "سلام"]
    assert written(manager, address, clinic, " ").status_code == 302
    clinic.thread.refresh_from_db()
    assert clinic.thread.join_words == []


@pytest.mark.once
@pytest.mark.parametrize("intent", [Intent.STOP, Intent.NO, Intent.NOT_ME, Intent.LOSS, Intent.FORGET])
def test_no_word_that_stops_in_any_language_is_a_join_word(intent):
    assert [word for word in keywords.scopes(intent) if not list(problems([word]))] == []


@pytest.mark.once
@given(words=st.lists(st.text(min_size=1, max_size=12), max_size=4))
def test_what_was_taken_is_shown_and_taken_again_as_it_was(words):
    field = JoinWords(required=False)
    taken = field.to_python(", ".join(words))
    assert field.to_python(field.prepare_value(taken)) == taken
    assert not field.has_changed(taken, field.prepare_value(taken))


@pytest.mark.walk
def test_the_field_and_its_errors_fit_on_every_screen(visit, address):
    with visit("manager") as page:
        page.goto(address)
        page.get_by_label("Join words").fill("Café, CAFE, stop")
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_text("“CAFE” is here already").wait_for()
        assert page.get_by_label("Join words").get_attribute("aria-invalid") == "true"
        assert what_is_wrong(page) == []
        picture(page, "join-words", 360, 1280)
