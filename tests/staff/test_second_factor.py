"""The second factor: set up once, asked for at each sign-in, and no way around it."""

import pytest
import segno
import zxingcpp
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from optins.models import AuditEntry, Authenticator, User
from tests.signing_in import signed_in

pytestmark = pytest.mark.once

START, ASK, SET_UP = (reverse(f"admin:{n}") for n in ("index", "second_factor", "second_factor_set_up"))


@pytest.fixture(autouse=True)
def _required(settings):
    settings.SECOND_FACTOR = True


@pytest.fixture
def owner(clinic):
    return User.objects.get(username="owner")


@pytest.fixture
def phone(owner):
    """The owner's authenticator app, set up before; its tokens are those of one step after another."""
    return Phone(Authenticator.objects.create(user=owner, name="Authenticator"))


class Phone:
    def __init__(self, device):
        self.device, self.steps = device, 0

    def token(self):
        """Each is good once, so each is of a later step than the last, within the tolerance."""
        totp = TOTP(self.device.bin_key)
        totp.drift = self.steps - 1
        self.steps += 1
        return f"{totp.token():06d}"


def secret_on(page):
    return bytes.fromhex(page.client.session["second_factor_key"])


def set_up(client):
    """Go through setting up; gives the recovery codes that are shown."""
    page = client.get(SET_UP)
    token = f"{TOTP(secret_on(page)).token():06d}"
    page = client.post(SET_UP, {"token": token})
    codes = page.context["codes"]
    assert not [code for code in codes if code not in page.content.decode()]
    return codes


def test_with_the_password_alone_every_address_leads_to_setting_up(owner):
    client = signed_in(owner)
    for name in ("index", "account", "password_change", "optins_contact_changelist", "optins_purpose_add"):
        answer = client.get(reverse(f"admin:{name}"))
        assert answer.status_code == 302
        assert answer["Location"].startswith(SET_UP)
    assert client.post(reverse("admin:optins_purpose_add"))["Location"] == SET_UP


def test_setting_up_shows_a_code_that_an_app_reads_and_the_same_secret_as_text(owner):
    page = signed_in(owner).get(SET_UP)
    device = Authenticator(user=owner, secret=secret_on(page).hex())
    code = segno.make(device.config_url, error="m")
    assert page.context["image"] == code.svg_data_uri(scale=5, dark="#000", light="#fff")
    (read,) = zxingcpp.read_barcodes(pixels(code))
    assert read.text.startswith("otpauth://totp/Sayso%3Aowner?secret=")
    assert page.context["secret"].replace(" ", "") in read.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def pixels(code):
    rows = [bytes(0 if dark else 255 for dark in row) for row in code.matrix_iter(scale=4, border=4)]
    return memoryview(b"".join(rows)).cast("B", (len(rows), len(rows)))


def test_a_first_token_switches_it_on_and_shows_ten_recovery_codes_once(owner):
    client = signed_in(owner)
    codes = set_up(client)
    assert len(set(codes)) == 10
    assert client.get(START).status_code == 200
    account = client.get(reverse("admin:account")).content.decode()
    assert "10 recovery codes left" in account
    assert not [code for code in codes if code in account]
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert not stored & {code.replace("-", "") for code in codes}


def test_the_secret_cannot_be_read_in_the_database_and_a_lost_key_refuses_every_token(owner, phone, settings):
    secret = phone.device.secret
    with connection.cursor() as cursor:
        for table in ("optins_authenticator", "otp_totp_totpdevice"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  the two names above
            assert secret not in str(cursor.fetchall())
    assert Authenticator.objects.get(user=owner).bin_key.hex() == secret
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    client = signed_in(owner)
    for token in (phone.token(), f"{TOTP(b'').token():06d}"):
        assert "does not fit" in client.post(ASK, {"token": token}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_secrets_of_before_are_encrypted_by_the_migration_and_readable_again_without_it(live_clinic):
    owner = User.objects.get(username="owner")
    secret = Authenticator.objects.create(user=owner, name="Authenticator").secret
    call_command("migrate", "optins", "0001", verbosity=0)
    assert TOTPDevice.objects.get(user=owner).key == secret
    call_command("migrate", verbosity=0)
    assert TOTPDevice.objects.get(user=owner).key == ""
    assert Authenticator.objects.get(user=owner).secret == secret


def test_a_wrong_token_switches_nothing_on(owner):
    client = signed_in(owner)
    client.get(SET_UP)
    assert "does not fit" in client.post(SET_UP, {"token": "000000"}).content.decode()
    assert not Authenticator.objects.exists()


def test_another_session_never_sees_the_secret_that_is_being_set_up(owner):
    first, second = signed_in(owner), signed_in(owner)
    assert first.get(SET_UP).context["secret"] != second.get(SET_UP).context["secret"]


def test_after_the_password_a_token_is_asked_for_and_leads_on(owner, phone):
    client = signed_in(owner)
    wanted = reverse("admin:optins_contact_changelist")
    asked = client.get(wanted)
    assert asked["Location"].startswith(ASK)
    page = client.get(asked["Location"])
    assert "/admin/optins/" not in page.content.decode().replace(f'value="{wanted}"', "")
    answer = client.post(ASK, {"token": phone.token(), "next": wanted})
    assert answer["Location"] == wanted
    assert client.get(wanted).status_code == 200


def test_a_token_leads_only_to_our_own_pages(owner, phone):
    answer = signed_in(owner).post(ASK, {"token": phone.token(), "next": "https://evil.example/"})
    assert answer["Location"] == START


def test_a_token_counts_once(owner, phone):
    token = phone.token()
    assert signed_in(owner).post(ASK, {"token": token}).status_code == 302
    again = signed_in(owner)
    assert again.post(ASK, {"token": token}).status_code == 200
    assert again.get(START).status_code == 302


def test_with_the_password_alone_nobody_puts_their_own_phone_in_place(owner, phone):
    client = signed_in(owner)
    assert client.get(SET_UP)["Location"] == ASK
    assert client.post(SET_UP, {"token": "000000"})["Location"] == ASK
    assert client.post(reverse("admin:recovery_codes")).status_code == 302
    assert not StaticToken.objects.exists()


def test_a_recovery_code_counts_once_also_with_other_spacing(owner):
    codes = set_up(signed_in(owner))
    typed = f" {codes[0].replace('-', ' ').upper()} "
    assert signed_in(owner).post(ASK, {"token": typed}).status_code == 302
    assert "does not fit" in signed_in(owner).post(ASK, {"token": codes[0]}).content.decode()
    assert StaticToken.objects.count() == 9


def test_new_recovery_codes_end_the_old_ones(owner):
    client = signed_in(owner)
    old = set_up(client)
    shown = client.post(reverse("admin:recovery_codes")).content.decode()
    assert old[0] not in shown
    assert "does not fit" in signed_in(owner).post(ASK, {"token": old[0]}).content.decode()


def test_after_a_wrong_token_even_a_right_one_has_to_wait(owner, phone, time_machine_at):
    client = signed_in(owner)
    client.post(ASK, {"token": "000000"})
    assert "Too many tries" in client.post(ASK, {"token": phone.token()}).content.decode()
    time_machine_at.shift(60)
    token = f"{TOTP(phone.device.bin_key).token():06d}"
    assert client.post(ASK, {"token": token}).status_code == 302


def test_a_mistyped_token_does_not_hold_up_a_recovery_code(owner):
    codes = set_up(signed_in(owner))
    client = signed_in(owner)
    client.post(ASK, {"token": "000000"})
    assert client.post(ASK, {"token": codes[0]}).status_code == 302


def test_another_phone_takes_the_place_of_the_first(owner, phone):
    client = signed_in(owner)
    client.post(ASK, {"token": phone.token()})
    set_up(client)
    assert Authenticator.objects.get(user=owner).secret != phone.device.secret


def test_an_owner_lets_a_colleague_set_up_anew(owner, phone, member, clinic, elsewhere):
    lost = User.objects.get(username="viewer")
    busy_elsewhere = member("viewer", elsewhere, User.objects.get(username="auditor"))
    for user in (lost, busy_elsewhere):
        Authenticator.objects.create(user=user, name="Lost")
    client = signed_in(owner)
    client.post(ASK, {"token": phone.token()})
    chosen = {"action": "remove_second_factor", "_selected_action": [lost.pk, busy_elsewhere.pk]}
    client.post(reverse("admin:optins_user_changelist"), chosen)
    assert signed_in(lost).get(START)["Location"].startswith(SET_UP)
    assert signed_in(busy_elsewhere).get(START)["Location"].startswith(ASK)


def test_the_audit_says_how_somebody_signed_in_and_only_then(owner, phone):
    client = signed_in(owner)
    assert not AuditEntry.objects.filter(action="signed_in").exists()
    client.post(ASK, {"token": phone.token()})
    assert AuditEntry.objects.get(action="signed_in").detail == {"second_factor": "authenticator"}


def test_public_pages_ask_nobody_for_a_token(owner, clinic):
    assert signed_in(owner).get(f"/c/{clinic.web.slug}/").status_code == 200
    assert Client().get(reverse("admin:login")).status_code == 200
