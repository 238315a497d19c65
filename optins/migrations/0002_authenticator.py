"""The secrets of authenticator apps move into a column that is encrypted; back again in reverse."""

import django.db.models.deletion
import django_otp.plugins.otp_totp.models
from django.db import migrations, models

import optins.models.base


def encrypt(apps, schema_editor):
    Device, Authenticator = _models(apps)
    for device in Device.objects.exclude(key=""):
        # Raw: the row of the device itself is there already.
        Authenticator(pk=device.pk, secret=device.key).save_base(raw=True)
        Device.objects.filter(pk=device.pk).update(key="")


def decrypt(apps, schema_editor):
    Device, Authenticator = _models(apps)
    for each in Authenticator.objects.all():
        Device.objects.filter(pk=each.pk).update(key=each.secret)


def _models(apps):
    return apps.get_model("otp_totp", "TOTPDevice"), apps.get_model("optins", "Authenticator")


class Migration(migrations.Migration):
    dependencies = [
        ("optins", "0001_initial"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [
        migrations.CreateModel(
            name="Authenticator",
            fields=[
                (
                    "totpdevice_ptr",
                    models.OneToOneField(
                        auto_created=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        parent_link=True,
                        primary_key=True,
                        serialize=False,
                        to="otp_totp.totpdevice",
                    ),
                ),
                (
                    "secret",
                    optins.models.base.EncryptedTextField(
                        default=django_otp.plugins.otp_totp.models.default_key, editable=False
                    ),
                ),
            ],
            options={"abstract": False},
            bases=("otp_totp.totpdevice",),
        ),
        migrations.RunPython(encrypt, decrypt),
    ]
