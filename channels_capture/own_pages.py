"""What follows the answer to a choice: the link to the person's own page, with a receipt."""

from datetime import datetime

from optins.consent import links, texts
from optins.models import Contact

# What answers a yes, a no and a stop. After a loss nothing is to be looked at, and "not me" has no page here.
AFTER_A_CHOICE = frozenset({"thanks", "refused", "stopped", "stopped_marketing"})


def with_link(told: str, contact: Contact, language: str, now: datetime) -> str:
    """The text, and where they see what is on record, with a receipt, and can change it."""
    link = texts.text("choices_link", language, link=links.address(contact, now))
    return f"{told}\n\n{link}"
