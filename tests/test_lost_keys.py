"""Without the key that encrypted a secret, nothing pretends to work."""

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from optins.consent import digests
from optins.models import Organisation, OrganisationKey, Sender


@pytest.fixture
def keys_are_lost(clinic, settings):
    assert clinic.organisation.digest_key
    OrganisationKey.objects.create(organisation=clinic.organisation, use=OrganisationKey.Use.SUPPRESSION)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]


def test_no_digest_is_made_with_a_lost_key(clinic, keys_are_lost):
    again = Organisation.objects.get(pk=clinic.organisation.pk)
    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS"):
        digests.keyed(again, "event", "anything")


def test_no_suppression_is_overlooked_for_a_lost_key(clinic, keys_are_lost):
    with pytest.raises(ImproperlyConfigured, match="ENCRYPTION_KEYS"):
        digests.suppressions_of(clinic.organisation, ["phone::+27820000101"])


def test_a_webhook_secret_that_cannot_be_read_refuses_everything(clinic, keys_are_lost):
    assert clinic.write("STOP").status_code == 401
    assert Sender.objects.get(pk=clinic.sender.pk).token == ""


def test_secrets_are_read_with_any_of_the_keys_and_encrypted_with_the_first(clinic, settings):
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
    assert Sender.objects.get(pk=clinic.sender.pk).token == clinic.sender.token
