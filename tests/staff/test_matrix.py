"""Every address of the admin x every role x own and other organisation x GET and POST."""

import pytest
from django.contrib import admin
from django.contrib.auth import SESSION_KEY

from optins.models import User
from tests.signing_in import signed_in
from tests.staff.addresses import UNNAMED, address_of, named, outcome, patterns, takes_row
from tests.staff.conftest import ROLES
from tests.staff.expected import LETTERS, LINES

pytestmark = pytest.mark.once

# What a list does with several rows at once, and who is offered it.
ACTIONS = {("user", "remove_second_factor"): "o", ("purpose", "approve_minors"): "or"}


def test_every_address_has_a_line_and_every_line_an_address():
    assert set(named()) == set(LINES)
    assert not [end for name, _, end in patterns() if not name and not end.endswith(UNNAMED)]


@pytest.mark.parametrize("role", ROLES)
def test_at_home_each_role_opens_what_is_its_own(busy_clinic, role):
    client = signed_in(User.objects.get(username=role))
    wrong = differences(client, busy_clinic.rows, LETTERS[role], elsewhere=False)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_elsewhere_each_role_finds_nothing_of_the_clinic(busy_clinic, elsewhere, member, role):
    client = signed_in(member(role, elsewhere))
    wrong = differences(client, busy_clinic.rows, LETTERS[role], elsewhere=True)
    assert not wrong, "\n".join(wrong)


def differences(client, rows, letter, *, elsewhere):
    found = []
    for name, line in LINES.items():
        for method in ("get", "post"):
            wanted = line.outcome(letter, method, elsewhere=elsewhere and takes_row(name))
            got, answer = outcome(client, method, address_of(name, rows))
            if got != wanted:
                found.append(f"{method} {name}: {got} ({answer.status_code}), expected {wanted}")
            if elsewhere and b"iverside" in answer.content:
                found.append(f"{method} {name}: names the clinic")
    assert SESSION_KEY in client.session
    return found


@pytest.mark.parametrize("role", ROLES)
def test_each_action_on_rows_is_offered_to_whom_it_is_for(busy_clinic, rf, role):
    request = rf.get("/")
    request.user = User.objects.get(username=role)
    screens = admin.site._registry.items()
    offered = {
        (model._meta.model_name, name) for model, screen in screens for name in screen.get_actions(request)
    }
    assert offered == {action for action, letters in ACTIONS.items() if LETTERS[role] in letters}
