"""The people of an organisation who handle its imports."""

from types import SimpleNamespace
from typing import Any

from optins.models import CaptureChannel, Membership, Notice, Organisation, Purpose, User


def member(organisation: Any, role: str, name: str = "") -> User:
    user, _ = User.objects.get_or_create(username=name or f"{role}-of-{organisation.slug}")
    Membership.objects.get_or_create(user=user, organisation=organisation, defaults={"role": role})
    return user


def reviewer(clinic: Any) -> User:
    return member(clinic.organisation, Membership.Role.REVIEWER)


class Moved:
    """Another organisation with the same purposes, as the helpers of ``files`` take one."""

    def __init__(self, clinic: Any) -> None:
        self.organisation = Organisation.objects.create(
            slug="elsewhere", name="Elsewhere", country="KE", time_zone="Africa/Nairobi", languages=["en"]
        )
        purposes = [
            Purpose.objects.create(
                organisation=self.organisation, key=p.key, titles=p.titles, category=p.category
            )
            for p in clinic.organisation.purposes.all()
        ]
        notice = Notice.objects.create(organisation=self.organisation, name="Wording")
        self.web = CaptureChannel.objects.create(
            organisation=self.organisation, slug="elsewhere-web", name="Web", kind="website", notice=notice
        )
        self.web.purposes.set(purposes)
        self.demo = SimpleNamespace(admin=member(self.organisation, Membership.Role.OWNER))


def moved(clinic: Any) -> Moved:
    return Moved(clinic)
