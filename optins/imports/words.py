"""What other systems call a status. Words of people in many languages: ``optins.consent.keywords``."""

from optins.models import ConsentEvent

Kind = ConsentEvent.Kind

_WORDS = {
    Kind.GIVEN: "given|yes|y|true|1|opt in|optin|opted in|optedin|opt ins|subscribed|subscribe|consented|"
    "consent|granted|accepted|accept|agreed|confirmed|allowed|allow|active|enabled|in",
    Kind.REFUSED: "refused|no|n|declined|decline|denied|deny|rejected|not given|opt in refused",
    Kind.WITHDRAWN: "withdrawn|withdraw|stop|stopped|unsubscribed|unsubscribe|opt out|optout|opted out|"
    "optedout|revoked|revoke|removed|cancelled|canceled|do not contact|dnc|do not disturb|dnd|"
    "blocked|block|blocklisted|blacklisted|suppressed|out",
    # What an export of ours may say. They are recorded as a withdrawal.
    Kind.INVALIDATED: "invalidated",
    Kind.ERASED: "erased",
}
# A status as its system writes it, normalised -> what the person did.
STATUSES: dict[str, str] = {word: str(kind) for kind, words in _WORDS.items() for word in words.split("|")}
# Not a yes, and not a no either: nobody was asked, or nobody answered.
_SILENCE = (
    "false|0|none|null|unknown|pending|unconfirmed|invited|not set|never asked|no record|n a|inactive|"
    "taken back"
)
SILENCE = frozenset(["", *_SILENCE.split("|")])
