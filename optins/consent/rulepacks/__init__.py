"""What the law asks of a message, by country: the packs as data, combined, and questions put to them.

Not legal advice. Each value carries its source and how sure of it one can be: ``primary``, ``secondary``
or ``unconfirmed``; what is unconfirmed may warn or tighten, and never loosens.
"""

from optins.consent.rulepacks.combining import Field
from optins.consent.rulepacks.packs import Element, Pack, PackError, Statement
from optins.consent.rulepacks.rules import Rules, rules_at, rules_for

__all__ = ["Element", "Field", "Pack", "PackError", "Rules", "Statement", "rules_at", "rules_for"]
