"""More rows in every table that a screen shows, so that a list which asks per row gives itself away."""

from django.utils import timezone

from optins import audit
from optins.consent import sealing
from optins.models import (
    ApiKey,
    CaptureChannel,
    Contact,
    DataSubjectRequest,
    Device,
    HeadExport,
    ImportBatch,
    InboundDelivery,
    LegalHold,
    Membership,
    Notice,
    NoticeVersion,
    OptOutRegistry,
    Organisation,
    Placement,
    Purpose,
    ReviewItem,
    Sender,
    Suppression,
    User,
)


def more_of_everything(clinic, count=3):
    for number in range(count):
        _person(clinic, number)
        _settings(clinic, number)
        _work(clinic, number)


def _person(clinic, number):
    digits = f"2782000100{number}"
    clinic.write(clinic.choose("health-tips", "appointment-reminders"), person=digits)
    clinic.write("STOP", person=digits)
    person = Contact.objects.latest("pk")
    ReviewItem.objects.create(organisation=clinic.organisation, kind="unsure", contact=person)
    audit.note(clinic.demo.admin, clinic.organisation, "viewed", person)
    now = timezone.now()
    DataSubjectRequest.objects.create(
        organisation=clinic.organisation,
        contact=person,
        kind="access",
        came_by="staff",
        received_at=now,
        due_at=now,
    )
    LegalHold.objects.create(
        organisation=clinic.organisation,
        contact=person,
        reason=f"Matter {number}",
        placed_by=clinic.demo.admin,
        placed_at=now,
    )
    seal = sealing.seal(clinic.organisation, timezone.now())
    HeadExport.objects.create(seal=seal, target="file", next_attempt_at=timezone.now())
    InboundDelivery.objects.filter(pk=InboundDelivery.objects.latest("pk").pk).update(state="failed")


def _settings(clinic, number):
    other = Organisation.objects.create(slug=f"branch-{number}", name=f"Branch {number}", country="KE")
    Membership.objects.create(user=clinic.demo.admin, organisation=other, role="owner")
    colleague = User.objects.create_user(f"colleague-{number}")
    Membership.objects.create(user=colleague, organisation=clinic.organisation, role="viewer")
    Purpose.objects.create(
        organisation=clinic.organisation, key=f"more-{number}", titles={"en": "more"}, category="utility"
    )
    ApiKey.make(clinic.organisation, f"Key {number}", ["gate"])
    Device.objects.create(organisation=clinic.organisation, user=colleague, name=f"Tablet {number}")


def _work(clinic, number):
    organisation = clinic.organisation
    sender = Sender.objects.create(
        organisation=organisation, slug=f"more-{number}", platform="turn", number=f"+2782000091{number}"
    )
    notice = Notice.objects.create(organisation=organisation, name=f"Notice {number}")
    NoticeVersion.objects.create(notice=notice, number=1)
    channel = CaptureChannel.objects.create(
        organisation=organisation, slug=f"more-{number}", name=f"Page {number}", kind="website", notice=notice
    )
    CaptureChannel.objects.filter(pk=channel.pk).update(sender=sender)
    Placement.objects.create(channel=channel, code=f"MORE{number}", label=f"Poster {number}")
    key = organisation.keys.get(use="suppression")
    Suppression.objects.create(
        organisation=organisation, key=key, digest=f"{number + 1:064}", reason="not_me"
    )
    OptOutRegistry.objects.create(
        organisation=organisation, name=f"List {number}", listed_on="2026-11-01", uploaded_at=timezone.now()
    )
    ImportBatch.objects.create(
        organisation=organisation,
        channel=channel,
        file_name=f"{number}.csv",
        file_digest="0" * 64,
        attestation="On paper.",
        uploaded_by=clinic.demo.admin,
        uploaded_at=timezone.now(),
    )
