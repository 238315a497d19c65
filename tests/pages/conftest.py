"""Fixtures: each page that people meet."""

from functools import partial

import pytest

from tests.pages.page import answer, error_state, page_itself


@pytest.fixture(params=[page_itself, error_state, answer])
def each(request, clinic):
    """Each page that people meet, in any language."""
    return partial(request.param, clinic)
