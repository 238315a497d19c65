"""A ledger with something in it, and the sealer's hand on it."""

from functools import partial

import pytest

from optins.consent import sealing
from tests.signals import NOW, no, record_all, yes


@pytest.fixture
def recorded(clinic):
    """The clinic with five events of two people; nothing is sealed."""
    record_all(clinic, yes("a"), no("b", 1), yes("c", digits="27820000202"))
    return clinic


@pytest.fixture
def seal(clinic):
    """Seal the clinic's events: ``seal()`` gives the head, or None."""
    return partial(sealing.seal, clinic.organisation, NOW)
