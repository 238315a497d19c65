"""Every screen: importing a module registers what is in it."""

from optins.admin import (
    audit,
    holds,
    imports,
    ledger,
    memberships,
    notices,
    organisations,
    people,
    registries,
    review,
    rights,
    running_out,
    seals,
    sending,
    staff,
    wording,
)

__all__ = [
    "audit",
    "holds",
    "imports",
    "ledger",
    "memberships",
    "notices",
    "organisations",
    "people",
    "registries",
    "review",
    "rights",
    "running_out",
    "seals",
    "sending",
    "staff",
    "wording",
]
