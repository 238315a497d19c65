"""The tree of one organisation, grown again from its events, leaf by leaf and head by head."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from optins.consent import digests
from optins.consent.ledger import Entry
from optins.consent.seals import SignedHead
from optins.consent.verification import pieces
from optins.consent.verification.events import EventCheck
from optins.consent.verification.findings import Finding, Kind
from optins.consent.verification.heads import HeadCheck, newest_genuine_size
from optins.consent.verification.readable import readable
from optins.consent.verification.tree import Tree
from optins.models import Organisation, SealedEvent

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One row of SealedEvent; ``leaf`` in hex."""

    position: int
    event: UUID
    leaf: str


def check(
    organisation: Organisation, outside: Sequence[SignedHead], events: EventCheck
) -> Generator[Finding, None, tuple[int, int]]:
    """Findings; returns how many leaves and heads there are. ``outside``: heads that were exported."""
    walk = _Walk(organisation, outside, events)
    yield from walk.all()
    return walk.leaves, walk.heads.count


class _Walk:
    def __init__(self, organisation: Organisation, outside: Sequence[SignedHead], events: EventCheck) -> None:
        self._organisation, self._events = organisation, events
        self._tree = Tree()
        self.heads = HeadCheck(organisation, outside)
        self.leaves = 0
        # A place far beyond what was ever sealed is no gap before it: it was made up.
        self._sealed = newest_genuine_size(organisation)
        # Those that no head has covered so far.
        self._uncovered: list[Leaf] = []

    def all(self) -> Iterator[Finding]:
        yield from self.heads.before_all()
        last, empty = -1, 0
        # Somebody may be sealing. A head comes with its leaves: where there is one further on, they are there
        # to be read after it was seen, or they were removed.
        while empty < 2:
            chunk = self._read(last)
            yield from self._chunk(chunk)
            if len(chunk) < CHUNK and not self.heads.is_any_beyond(self._tree.size):
                break
            last, empty = (chunk[-1].position, 0) if chunk else (last, empty + 1)
        yield from self._end()

    def _read(self, last: int) -> list[Leaf]:
        rows = SealedEvent.objects.filter(organisation=self._organisation, position__gt=last)
        values = rows.order_by("position").values_list("position", "event", "leaf")
        self.heads.look_again()
        return [Leaf(*row) for row in values[:CHUNK]]

    def _chunk(self, chunk: list[Leaf]) -> Iterator[Finding]:
        entries = readable([leaf.event for leaf in chunk], self._events.reader.by_id)
        yield from pieces.check(self._events, entries.values())
        for leaf in chunk:
            yield from self._up_to(min(leaf.position, self._sealed or 0))
            if leaf.position == self._tree.size:
                yield from self._grow(leaf, entries.get(leaf.event))
                yield from self._heads()
            else:
                self._uncovered.append(leaf)
        self.leaves += len(chunk)

    def _up_to(self, position: int) -> Iterator[Finding]:
        """The leaves that are missing before this place."""
        while self._tree.size < position:
            text = f"Leaf {self._tree.size} was removed: an event was cut out of the tree there."
            yield self._events.finding(Kind.LEAF_REMOVED, "leaf", self._tree.size, text)
            self._tree.lose()
            yield from self._heads()

    def _grow(self, leaf: Leaf, entry: Entry | None) -> Iterator[Finding]:
        """Compare event and leaf; the tree grows by the one of the two that is likely to be genuine."""
        finding = self._compare(leaf, entry)
        if finding:
            yield finding
        is_leaf_altered = finding and finding.kind == Kind.LEAF_CHANGED
        self._tree.append(entry.leaf.hex() if entry and is_leaf_altered else leaf.leaf)
        self._uncovered.append(leaf)

    def _compare(self, leaf: Leaf, entry: Entry | None) -> Finding | None:
        if entry is None:
            text = f"Event {leaf.event}, leaf {leaf.position} of the tree, was removed."
            return self._events.finding(Kind.EVENT_REMOVED, "event", leaf.event, text)
        if not digests.is_mac_of(entry.data, entry.mac):
            text = f"Event {leaf.event}, leaf {leaf.position} of the tree, was changed: its MAC is not ours."
            return self._events.finding(Kind.EVENT_CHANGED, "event", leaf.event, text)
        if entry.leaf.hex() != leaf.leaf:
            text = f"Leaf {leaf.position} was changed: it is not that of event {leaf.event}."
            return self._events.finding(Kind.LEAF_CHANGED, "leaf", leaf.position, text)
        return self._events.by_an_old_key(entry, self.heads.next_at)

    def _heads(self) -> Iterator[Finding]:
        if self.heads.is_reached(self._tree.size):
            yield from self.heads.at(self._tree)
            self._uncovered.clear()

    def _end(self) -> Iterator[Finding]:
        yield from self.heads.cut_off(self._tree.size)
        yield from self._up_to(self._sealed or 0)
        yield from self._under_no_head()
        yield from self.heads.beyond_all()

    def _under_no_head(self) -> Iterator[Finding]:
        """A run up to the end of the tree is what a head that is gone leaves behind; else each by itself."""
        if not self._uncovered:
            return
        first, last = self._uncovered[0].position, self._uncovered[-1].position
        if last - first + 1 == len(self._uncovered) and last + 1 == self._tree.size:
            text = f"Leaves {first} to {last} are under no head: it was removed, or they were inserted."
            yield self._events.finding(Kind.HEAD_REMOVED, "head", last + 1, text)
            return
        for leaf in self._uncovered:
            text = f"Leaf {leaf.position} (event {leaf.event}) is under no head: it was inserted or moved."
            yield self._events.finding(Kind.LEAF_INSERTED, "leaf", leaf.position, text)
