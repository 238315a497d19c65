"""Every address of the admin, and what it answers."""

from functools import cache

from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.urls import URLResolver, reverse

from optins.models import Contact, Sender, SenderContact

# What takes no name: Django's redirects from addresses of older releases, and its page for unknown ones.
UNNAMED = ("<path:object_id>/", "(?P<url>.*)$")
# Addresses whose argument is a row of another model than the one in the name.
ROWS = {
    "optins_reviewitem_push": SenderContact,
    "optins_reviewitem_parked": Sender,
    "optins_datasubjectrequest_open": Contact,
    "optins_legalhold_place": Contact,
}
OTHER_ARGUMENTS = {"sort": "svg"}
FIXED: dict[str, dict[str, object]] = {
    "app_list": {"app_label": "optins"},
    "view_on_site": {"content_type_id": 1, "object_id": 1},
}


def patterns(resolvers=None):
    """(name, names of its arguments, the pattern's end) of every address."""
    for pattern in admin.site.get_urls() if resolvers is None else resolvers:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns)
        else:
            yield pattern.name, list(pattern.pattern.converters), str(pattern.pattern)


@cache
def named():
    return {name: arguments for name, arguments, _end in patterns() if name}


def address_of(name, rows):
    """Its path, with the clinic's row where it takes one."""
    arguments = named()[name]
    if name in FIXED:
        return reverse(f"admin:{name}", kwargs=FIXED[name])
    if not arguments:
        return reverse(f"admin:{name}")
    values = [OTHER_ARGUMENTS.get(argument, rows[model_of(name)].pk) for argument in arguments]
    return reverse(f"admin:{name}", args=values)


def model_of(name):
    if name in ROWS:
        return ROWS[name]
    return apps.get_model("optins", name.removeprefix("optins_").removeprefix("auth_").split("_")[0])


def takes_row(name):
    return bool(named()[name]) and name not in FIXED


def outcome(client, method, path):
    """In one word; whatever the request did is undone."""
    cookies = dict(client.cookies)
    with transaction.atomic():
        answer = getattr(client, method)(path)
        transaction.set_rollback(True)
    client.cookies.update(cookies)
    return _word(answer), answer


def _word(answer):
    own = (reverse("admin:index"), reverse("admin:account"))
    if answer.status_code in (403, 405):
        return "refused"
    if answer.status_code == 404 or (answer.status_code == 302 and answer["Location"] in own):
        return "away"
    # A form with errors or a choice that there is not: they were let in.
    assert answer.status_code in (200, 302, 400), answer.status_code
    return "in"
