"""Numbers and ids that belong to nobody: whoever acts by them is trying a channel out, and is never counted.

The numbers are the last hundred of those that Ofcom keeps for drama, which no operator may give out. The ids
are longer than any that Telegram (52 bits) or Messenger gives.
https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama
"""

import re
from collections.abc import Iterable

from optins.consent.signal import Identifier

_NUMBER = re.compile(r"\+?4477009009[0-9]{2}")
_ID = re.compile(r"9[0-9]{18}")


def is_number(number: str) -> bool:
    """Whether this number, with or without its plus, is nobody's."""
    return _NUMBER.fullmatch(number) is not None


def are_all(identifiers: Iterable[Identifier]) -> bool:
    """Whether there are some, and all are nobody's."""
    each = [is_number(i.value) or _is_bots(i) for i in identifiers]
    return bool(each) and all(each)


def _is_bots(identifier: Identifier) -> bool:
    return identifier.scheme in ("telegram", "messenger") and _ID.fullmatch(identifier.value) is not None
