"""Whoever uploads a file, and whoever approves it."""

import pytest

from tests.imports.screens import Role
from tests.imports.staff import member, reviewer
from tests.signing_in import signed_in


@pytest.fixture
def manager(clinic):
    return signed_in(member(clinic.organisation, Role.MANAGER, "the-manager"))


@pytest.fixture
def second(clinic):
    return signed_in(reviewer(clinic))
