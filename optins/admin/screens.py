"""Every screen: importing a module registers what is in it."""

from optins.admin import (
    audit,
    imports,
    ledger,
    memberships,
    organisations,
    people,
    review,
    sending,
    staff,
    wording,
)

__all__ = [
    "audit",
    "imports",
    "ledger",
    "memberships",
    "organisations",
    "people",
    "review",
    "sending",
    "staff",
    "wording",
]
