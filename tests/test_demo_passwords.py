"""The demo's quicker way to keep passwords is Django's own, and takes those that were kept before."""

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from config.demo_passwords import QuickHasher
from optins.models import User

pytestmark = pytest.mark.once


def test_a_password_that_was_kept_the_slow_way_fits_and_is_kept_the_quick_way_from_then_on(db, settings):
    settings.PASSWORD_HASHERS = ["config.demo_passwords.QuickHasher"]
    slow = PBKDF2PasswordHasher().encode("drawn-at-random", "salt", iterations=2_000)
    user = User.objects.create(username="thandi", password=slow)
    assert not user.check_password("another")
    assert user.check_password("drawn-at-random")
    user.refresh_from_db()
    assert QuickHasher().decode(user.password)["iterations"] == QuickHasher.iterations
    assert user.check_password("drawn-at-random")
