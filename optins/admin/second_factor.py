"""The second factor: a token of an authenticator app, or a recovery code that counts once."""

import secrets
from base64 import b32encode
from collections.abc import Callable
from typing import Any

import segno
from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django_otp import login
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.util import random_hex

from optins import audit
from optins.models import AuditEntry, Authenticator

PAGES = {"second_factor", "second_factor_set_up"}
CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
_TOKEN_DIGITS = 6
_KEY = "second_factor_key"
NO_FIT = "This token does not fit. Wait for the next one and try again."
TOO_MANY = "Too many tries. Wait a little longer each time, then try again."


def is_verified(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor."""
    return getattr(request.user, "otp_device", None) is not None


def is_set_up(user: Any) -> bool:
    return Authenticator.objects.filter(user=user, confirmed=True).exists()


def page_for(user: Any) -> str:
    """The name of the page that comes after the password."""
    return "second_factor" if is_set_up(user) else "second_factor_set_up"


# Tokens


class TokenForm(forms.Form):
    """A token, or a recovery code. ``check`` gives the device that it fits, or what to tell the person."""

    token = forms.CharField(
        max_length=40,
        label="Token",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )

    def __init__(self, *args: Any, check: Callable[[str], Device], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.check = check
        self.device: Device | None = None

    def clean_token(self) -> str:
        text = "".join(c for c in self.cleaned_data["token"].lower() if c.isalnum())
        self.device = self.check(text)
        return text


def verify(user: Any, text: str) -> Device:
    """The user's device that this fits. Raises ValidationError; wrong ones make the next wait longer."""
    # Told by its shape: a mistyped token must not slow down the recovery codes.
    is_token = text.isdecimal() and len(text) == _TOKEN_DIGITS
    problem = NO_FIT
    with transaction.atomic():
        own = (Authenticator if is_token else StaticDevice).objects.filter(user=user, confirmed=True)
        for device in own.select_for_update():
            allowed, _why = device.verify_is_allowed()
            if not allowed:
                problem = TOO_MANY
            elif device.verify_token(text if is_token else digest(text)):
                return device
    raise forms.ValidationError(problem)


def finish_sign_in(request: HttpRequest, device: Device) -> None:
    """Remember in the session that the second factor was shown."""
    login(request, device)
    request.session.pop(_KEY, None)
    request.session.cycle_key()
    how = "recovery code" if isinstance(device, StaticDevice) else "authenticator"
    audit.note_everywhere(request.user, AuditEntry.Action.SIGNED_IN, detail={"second_factor": how})


# Setting up


def pending(request: HttpRequest) -> Authenticator:
    """The authenticator that this session is setting up. Not in the database, where another session of
    somebody who knows the password could read the secret before it counts."""
    if _KEY not in request.session:
        request.session[_KEY] = random_hex(20)
    return Authenticator(user=request.user, name="Authenticator", secret=request.session[_KEY])


def confirm(device: Authenticator, text: str) -> Authenticator:
    """The device, saved as the only one, if the token is its. Raises ValidationError."""
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    if not (text.isdecimal() and totp.verify(int(text), device.tolerance)):
        raise forms.ValidationError(NO_FIT)
    device.last_t, device.drift = totp.t(), totp.drift
    with transaction.atomic():
        Authenticator.objects.filter(user_id=device.user_id).delete()
        device.save()
    return device


def new_codes(user: Any) -> list[str]:
    """Recovery codes, to be shown once; earlier ones stop to count."""
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(CODES)]
    with transaction.atomic():
        device, _ = StaticDevice.objects.get_or_create(user=user, defaults={"name": "Recovery codes"})
        device.token_set.all().delete()
        StaticToken.objects.bulk_create(StaticToken(device=device, token=digest(c)) for c in codes)
    audit.note_everywhere(user, AuditEntry.Action.CHANGED, user, detail={"fields": ["recovery codes"]})
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def codes_left(user: Any) -> int:
    return StaticToken.objects.filter(device__user=user).count()


def remove(user: Any) -> None:
    """Forget the user's devices: the next sign-in leads to setting up anew."""
    Authenticator.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()


def digest(code: str) -> str:
    """What the database keeps of a recovery code: django-otp's column holds 16 characters."""
    return salted_hmac("sayso.recovery-code", code, algorithm="sha256").hexdigest()[:16]


def secret_text(device: Authenticator) -> str:
    """The secret as people type it into an app, in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


def qr_image(device: Authenticator) -> str:
    """The QR code as an address of its own (data:), which the strict policy allows for images."""
    uri: str = segno.make(device.config_url, error="m").svg_data_uri(scale=5, dark="#000", light="#fff")
    return uri
