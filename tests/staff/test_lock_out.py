"""Five wrong passwords for one name from one address close that door for a while."""

import io
import logging

import pytest
from django.test import Client
from django.urls import reverse

from config import logs
from optins.models import AuditEntry, User

pytestmark = pytest.mark.once

LOGIN = reverse("admin:login")
PASSWORD = "the right one for tests"
NUMBER = "+27820000101"


@pytest.fixture
def thabo(clinic):
    user = User.objects.get(username="viewer")
    user.username = NUMBER  # some use their number as a name
    user.set_password(PASSWORD)
    user.save()
    return user


def attempt(password, username=NUMBER, address="192.0.2.1"):
    return Client(REMOTE_ADDR=address).post(LOGIN, {"username": username, "password": password})


@pytest.fixture
def locked(thabo):
    for _ in range(4):
        assert attempt("wrong").status_code == 200
    return attempt("wrong")


def test_the_fifth_wrong_password_shows_our_own_page(locked):
    page = locked.content.decode()
    assert locked.status_code == 429
    assert locked["Retry-After"] == "900"
    assert "closed for" in page
    assert NUMBER not in page
    assert "unsafe" not in locked["Content-Security-Policy"]


def test_then_the_right_password_is_of_no_use_there(locked):
    assert attempt(PASSWORD).status_code == 429


def test_the_same_name_still_signs_in_from_elsewhere(locked):
    assert attempt(PASSWORD, address="192.0.2.2").status_code == 302


def test_another_name_still_signs_in_from_there(locked, clinic):
    assert attempt(clinic.demo.password, username="admin").status_code == 302


def test_the_door_opens_again_after_a_while(locked, time_machine_at):
    time_machine_at.shift(15 * 60 + 1)
    assert attempt(PASSWORD).status_code == 302


def test_trying_in_the_meantime_makes_the_wait_no_longer(locked, time_machine_at):
    time_machine_at.shift(14 * 60)
    attempt("wrong")
    time_machine_at.shift(61)
    assert attempt(PASSWORD).status_code == 302


def test_a_right_password_forgives_the_wrong_ones_before(thabo):
    for _ in range(2):
        for _ in range(4):
            attempt("wrong")
        assert attempt(PASSWORD).status_code == 302


def test_it_also_works_behind_a_unix_socket(thabo):
    answers = [attempt("wrong", address="").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]


def test_behind_a_proxy_only_its_own_word_counts(thabo, settings):
    settings.CLIENT_ADDRESS_HEADER = "HTTP_X_FORWARDED_FOR"

    def through_the_proxy(password, told):
        client = Client(REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": told})
        return client.post(LOGIN, {"username": NUMBER, "password": password}).status_code

    tries = [through_the_proxy("wrong", f"198.51.100.{n}, 192.0.2.1") for n in range(5)]
    assert tries == [200, 200, 200, 200, 429]
    assert through_the_proxy(PASSWORD, "192.0.2.2") == 302
    assert through_the_proxy(PASSWORD, "not an address") == 302


def test_no_number_reaches_the_log(thabo):
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    formatter = logs.LOGGING["formatters"]["json"]
    handler.setFormatter(formatter["()"](**{k: v for k, v in formatter.items() if k != "()"}))
    logging.getLogger().addHandler(handler)
    try:
        for _ in range(6):
            attempt("wrong")
    finally:
        logging.getLogger().removeHandler(handler)
    assert "Locking out" in lines.getvalue()
    assert NUMBER[1:] not in lines.getvalue()


def test_signing_in_is_in_the_audit_of_each_organisation(thabo, elsewhere, member):
    member("viewer", elsewhere, thabo)
    attempt(PASSWORD)
    entries = AuditEntry.objects.filter(action="signed_in", user=thabo)
    assert {entry.organisation.slug for entry in entries} == {"riverside-clinic", "elsewhere"}
