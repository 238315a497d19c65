"""People of the clinic with a story, and their own pages."""

import re
from datetime import timedelta

from django.utils import timezone

from optins.consent import links
from optins.models import Contact
from tests.clinic import THANDI


def contact_of(digits=THANDI):
    return Contact.objects.get(identifiers__scheme="phone", identifiers__value=f"+{digits}")


def agree(clinic, *keys, person=THANDI, ago=9, channel=None, **more):
    """They chose on the page and sent the code, so many minutes ago."""
    at = timezone.now() - timedelta(minutes=ago)
    sentence = clinic.choose(*keys, at=at, channel=channel or clinic.tap)
    clinic.write(sentence, at=at + timedelta(minutes=1), person=person, **more)
    return contact_of(person)


def own(contact, *, more=""):
    return f"/m/{links.make(contact, timezone.now())}/{more}"


def token_on(page):
    (found,) = re.findall(r'name="token" value="([^"]+)"', page.content.decode())
    return found
