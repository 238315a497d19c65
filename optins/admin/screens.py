"""Every screen: importing a module registers what is in it."""

from optins.admin import ledger, organisations, people, sending, staff, wording

__all__ = ["ledger", "organisations", "people", "sending", "staff", "wording"]
