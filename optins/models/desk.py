"""What staff collect at a desk: what they noted, the devices that work offline, the photo of a form."""

import uuid

from django.conf import settings
from django.db import models

from optins.models.base import Owned
from optins.models.inbound import InboundMessage
from optins.models.organisation import Organisation
from optins.models.request import ConsentRequest


class Device(Owned):
    """One browser in which one member of staff collects offline. Its private key never leaves it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="devices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="devices")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=80)
    public_key = models.CharField(
        max_length=200, editable=False, help_text="P-256, SubjectPublicKeyInfo, base64."
    )
    created_at = models.DateTimeField("registered", auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({str(self.uuid)[:8]})"


class DeskCapture(Owned):
    """What staff noted when they put a request to somebody. Until ``captured_at`` its code waits in stock."""

    organisation_path = "request__organisation"

    request = models.OneToOneField(ConsentRequest, models.CASCADE, related_name="capture")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    device = models.ForeignKey(
        Device, models.PROTECT, null=True, blank=True, related_name="captures", help_text="Only offline."
    )
    uuid = models.UUIDField(
        default=uuid.uuid4, unique=True, help_text="The form's, or the entry's on a device: it counts once."
    )
    digest = models.CharField(max_length=64, blank=True, help_text="Of the entry as the device signed it.")
    noted = models.JSONField(default=dict, blank=True, help_text='{"place": "Reception"}')
    captured_at = models.DateTimeField(null=True, blank=True)
    early = models.ManyToManyField(
        InboundMessage, related_name="+", help_text="Messages with the code that came before the entry."
    )

    def __str__(self) -> str:
        return f"Capture {str(self.uuid)[:8]}"


class EvidenceFile(Owned):
    """A photo or scan of the form that came with a request. It goes with the last evidence that names it."""

    organisation_path = "request__organisation"

    request = models.OneToOneField(ConsentRequest, models.CASCADE, related_name="file")
    media_type = models.CharField(max_length=20)
    digest = models.CharField("SHA-256", max_length=64)
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.media_type}, {len(self.content)} bytes"
