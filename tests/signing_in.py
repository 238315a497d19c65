"""A browser without a window, signed in."""

from typing import Any

from django.test import Client

from optins.models import User


def signed_in(user: User | str, **defaults: Any) -> Client:
    """As this member of staff, or the one of that name; ``defaults`` go with each request."""
    client = Client(**defaults)
    client.force_login(User.objects.get(username=user) if isinstance(user, str) else user)
    return client
