"""A browser, the portal, and the sandbox whose pages stand in for people's phones."""

import pytest

from tests.browsing import listen
from tests.journeys.phone import Phone
from tests.sandbox.beside import trying as trying


@pytest.fixture
def complaints():
    """What the browser complained about."""
    return []


@pytest.fixture
def phone(browser, trying, complaints):
    """The phone's pages in a browser as small as a cheap one's, without scripts."""
    with browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False) as context:
        page = context.new_page()
        listen(page, complaints)
        yield Phone(page, trying)
        assert complaints == []
