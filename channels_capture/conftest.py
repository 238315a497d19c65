"""The channels' own tests use the same clinic as the portal's."""

from tests.conftest import (  # noqa: F401
    _ledger_may_be_flushed,
    clinic,
    demo_secrets,
    live_clinic,
    standing_clinic,
)
