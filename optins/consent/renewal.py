"""Asking anew about what somebody agreed to long ago: when they come by or write, never by ourselves.

Nobody is messaged for it. On their own page the button is always there; in a chat one question follows their
own message, in the session that it opened, and not again for a month.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from optins.consent.rulepacks import Rules, questions
from optins.consent.standing import Reason, Standing
from optins.models import ConsentRequest

PAUSE = timedelta(days=30)  # between one question and the next
SOON = timedelta(days=30)  # before it runs out
_ENDED = {Reason.EXPIRED, Reason.NOTICE_CHANGED}


def may_be_offered(standing: Standing, rules: Rules, now: datetime) -> bool:
    """Whether a yes is due to be renewed, and the packs let the organisation bring it up.

    While it stands, to renew it is no new approach. Once it has ended, asking is one: where the law allows
    one approach only (South Africa, marketing) the person has to ask for it.
    """
    if standing.allowed:
        ends = standing.valid_until
        return standing.is_to_renew or (ends is not None and ends <= now + SOON)
    return standing.reason in _ENDED and questions.may_ask_again(rules)


def asked_lately(asked: Iterable[ConsentRequest], now: datetime) -> set[str]:
    """The purposes, by key, that one of these questions was about within the last month."""
    recent = (question for question in asked if question.asked_at > now - PAUSE)
    return {purpose.key for question in recent for purpose in question.purposes.all()}
