"""Who may do what: one table from role to Django permissions, and the backend that answers from it.

What one may do follows from memberships alone: neither from groups nor from being a superuser.
Permissions are written without their app label, which is always ``optins``.
"""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from optins.models import Membership, Organisation

_LABEL = "optins."
Role = Membership.Role

_PEOPLE = (
    "contact contactidentifier consentevent consentrecord consentrequest suppression reviewitem "
    "sendercontact outboundmessage sessionwindow importbatch importrow datasubjectrequest legalhold "
    "optoutregistry runningout"
)
_WORK = (
    "organisation purpose notice noticeversion noticetranslation capturechannel placement placementday sender"
)
# What was received, word for word.
_EVIDENCE = "evidence inbounddelivery inboundmessage"
_STAFF = "user membership apikey device auditentry"
_PROOF = "seal headexport"


def _all(actions: str, models: str) -> frozenset[str]:
    return frozenset(f"{action}_{model}" for action in actions.split() for model in models.split())


_READS = _all("view", f"{_PEOPLE} {_WORK}") | {"use_admin"}
_SEES_EVIDENCE = _all("view", _EVIDENCE) | {"see_evidence"}

_VIEWER = _READS
_AGENT = frozenset({"capture"})
_AUDITOR = _READS | _SEES_EVIDENCE | _all("view", f"{_STAFF} {_PROOF}") | {"see_numbers", "export"}
_REVIEWER = (
    _READS
    | _SEES_EVIDENCE
    | _all("change", "contact importbatch reviewitem")
    | {"see_numbers", "approve", "record_withdrawal"}
)
_MANAGER = (
    _READS
    | _all("add change", "capturechannel placement notice noticeversion noticetranslation optoutregistry")
    | {"see_numbers", "record_withdrawal", "change_contact", "import", "add_importbatch"}
    | {"delete_noticetranslation"}
)
_OWNER = (
    (_AUDITOR | _REVIEWER | _MANAGER | _AGENT)
    | _all("add change", "purpose sender apikey user membership")
    | {"change_organisation", "delete_membership", "change_device"}
)

PERMISSIONS: dict[str, frozenset[str]] = {
    Role.OWNER: _OWNER,
    Role.MANAGER: _MANAGER,
    Role.REVIEWER: _REVIEWER,
    Role.AGENT: _AGENT,
    Role.AUDITOR: _AUDITOR,
    Role.VIEWER: _VIEWER,
}
# A superuser founds organisations, and sees into none without a membership.
SUPERUSER = frozenset({"use_admin", "add_organisation", "view_organisation"})


def may(user: Any, permission: str, organisation: Organisation | int) -> bool:
    """Whether they may do this in this organisation (or its key): ``may(user, "see_numbers", clinic)``."""
    key = organisation.pk if isinstance(organisation, Organisation) else organisation
    role = _roles(user).get(key)
    return role is not None and permission in PERMISSIONS[role]


def may_somewhere(user: Any, permission: str) -> bool:
    """Whether they may do this in any of their organisations; for what is asked before a row is chosen."""
    return permission in _anywhere(user)


def reach(user: Any, *permissions: str) -> frozenset[int]:
    """The keys of the organisations in which they may do at least one of these."""
    wanted = set(permissions)
    return frozenset(key for key, role in _roles(user).items() if wanted & PERMISSIONS[role])


def organisation_of(row: Any) -> int | None:
    """The key of the organisation that a row belongs to; None where it belongs to none."""
    if isinstance(row, Organisation):
        return row.pk
    path = getattr(row, "organisation_path", None)
    if path is None:
        return None
    *steps, last = path.split("__")
    for step in steps:
        row = getattr(row, step)
    key: int | None = getattr(row, f"{last}_id")
    return key


def _roles(user: Any) -> dict[int, str]:
    return getattr(user, "roles", {})  # nobody has signed in: no roles


def _anywhere(user: Any) -> frozenset[str]:
    own = SUPERUSER if getattr(user, "is_active", False) and user.is_superuser else frozenset()
    return own.union(*(PERMISSIONS[role] for role in _roles(user).values()))


class MembershipBackend(ModelBackend):
    """Answers ``user.has_perm("optins.change_purpose", purpose)`` from the table above."""

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return self.get_all_permissions(user_obj, obj)

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return set()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """With a row, what may be done in its organisation; without one, in any of the user's."""
        if obj is None:
            return {_LABEL + name for name in _anywhere(user_obj)}
        role = _roles(user_obj).get(organisation_of(obj) or 0)
        return {_LABEL + name for name in PERMISSIONS[role]} if role else set()
