"""The authenticator app of a member of staff."""

from binascii import unhexlify
from typing import Any

from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from optins.models.base import EncryptedTextField


class Authenticator(TOTPDevice):
    """django-otp's device, but that the database holds its secret encrypted; the plain column is empty."""

    secret = EncryptedTextField(default=default_key, editable=False)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = ""
        super().save(*args, **kwargs)

    @property
    def bin_key(self) -> bytes:
        return unhexlify(self.secret)

    def verify_token(self, token: str) -> bool:
        """Never without a secret, as after the loss of a key: anybody can compute the tokens of none."""
        return bool(self.secret) and super().verify_token(token)
