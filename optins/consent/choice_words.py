"""What stands about one purpose, in words to the person: for their own page, the receipt and the pack."""

from optins.consent import moments, texts
from optins.consent.choices import Choice
from optins.consent.standing import Reason
from optins.models import Contact


def badge(choice: Choice, language: str) -> str:
    """A yes that counts for nothing now is neither yes nor no, and silence is neither."""
    if choice.event is None:
        return texts.text("own_none", language)
    if choice.is_yes:
        return texts.text("own_yes" if choice.standing.allowed else "own_not_now", language)
    return texts.text("own_no", language)


def sentence(choice: Choice, contact: Contact, language: str) -> str:
    """Since when, and what follows from it."""
    event, reason = choice.event, choice.standing.reason
    if event is None:
        return texts.text("own_no_record", language)
    key = "own_reported" if reason == Reason.CONSENT and not event.proved else f"own_{reason}"
    if key not in texts.all_texts(language):
        # Why a yes does not count, or what ended it, may be more than a page can explain.
        key = "own_not_counted" if choice.is_yes else "own_withdrawn"
    return texts.text(key, language, date=moments.day(event.occurred_at, language, contact.organisation))


def until(choice: Choice, contact: Contact, language: str) -> str:
    """When it runs out; empty where it does not."""
    ends = choice.standing.valid_until
    if ends is None:
        return ""
    return texts.text("own_until", language, date=moments.day(ends, language, contact.organisation))


def proof(is_proved: bool, language: str) -> str:
    """How the act behind it was proved."""
    return texts.text("own_proved" if is_proved else "own_not_proved", language)
