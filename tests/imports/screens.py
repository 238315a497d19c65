"""The import's screens, as somebody uses them."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from optins.models import ImportBatch, Membership

Role = Membership.Role


def address(name, batch=None):
    return reverse(f"admin:optins_importbatch_{name}", args=[batch.pk] if batch else [])


def upload(client, clinic, content, name="people.csv", **values):
    file = SimpleUploadedFile(name, content)
    fields = {"channel": clinic.web.pk, "file": file, "attestation": "", **values}
    return client.post(address("add"), fields, follow=True)


def the_batch():
    return ImportBatch.objects.latest("pk")
