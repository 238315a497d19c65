"""Which key took over from which: whoever stole one that was replaced can use it still, but not unseen."""

from datetime import datetime, timedelta

from django.conf import settings

from optins.consent.ledger import Entry

# While processes are restarted one after another, some still use the key before.
RESTART = timedelta(hours=1)
# So long an event may wait for its seal, where nobody sealed or it took long to commit.
WAIT = timedelta(days=1)


class Succession:
    """The keys in the order in which they came into use; all others are older than ``newest``."""

    def __init__(self, newest: str) -> None:
        self._newest, self._last = newest, ""
        self._replaced: dict[str, datetime] = {}
        self._newest_since: datetime | None = None

    def replaced_at(self, key: str) -> datetime | None:
        """When another took over from it; None while it may be used."""
        return self._replaced.get(key) or (None if key == self._newest else self._newest_since)

    def use(self, key: str, at: datetime) -> None:
        """Note the use of a key; of one that was replaced nothing follows."""
        if self.replaced_at(key):
            return
        if key == self._newest:
            self._newest_since = self._newest_since or at
        if self._last not in {"", key}:
            self._replaced[self._last] = at
        self._last = key


class HeadKeys:
    """Of the heads, in their order. A thief chooses what time to write, but time only goes on."""

    def __init__(self, newest: str) -> None:
        self._keys = Succession(newest)
        self.now: datetime | None = None

    def is_late(self, key: str, sealed_at: datetime) -> bool:
        """Whether this key signed a genuine head long after it was replaced."""
        self.now = max(self.now or sealed_at, sealed_at)
        since = self._keys.replaced_at(key)
        self._keys.use(key, self.now)
        return since is not None and self.now > since + RESTART


class EventKeys:
    """Of the events, in the order of the tree. A thief chooses their time too, but not that of their seal."""

    def __init__(self) -> None:
        newest = settings.LEDGER_MAC_KEYS[0].partition(":")[0] if settings.LEDGER_MAC_KEYS else ""
        self._keys = Succession(newest)

    def is_late(self, entry: Entry, seen_at: datetime | None) -> bool:
        """Whether its MAC, which is genuine, was made long after its key was replaced.

        ``seen_at``: when it was sealed, or is looked at where it is not; None where nobody knows.
        """
        key = entry.mac.partition(":")[0]
        since = self._keys.replaced_at(key)
        self._keys.use(key, entry.recorded_at)
        if since is None:
            return False
        is_backdated = seen_at is not None and seen_at > entry.recorded_at + WAIT
        return is_backdated or entry.recorded_at > since + RESTART
