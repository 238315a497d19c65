"""The check of a notice's wording before it goes live: wording in, findings out; no database.

``check`` looks at one translation: what Sayso asks of each (``always``) and what the rule packs in force ask
for (``asking``). What is surely missing refuses; what is unsure, or rests on an unconfirmed field, warns.
"""

from optins.consent.wording_check.checking import check
from optins.consent.wording_check.values import (
    Asked,
    Facts,
    Finding,
    PurposeFacts,
    SenderFacts,
    Severity,
    Wording,
)

__all__ = ["Asked", "Facts", "Finding", "PurposeFacts", "SenderFacts", "Severity", "Wording", "check"]
