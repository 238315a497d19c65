"""The heads of one organisation: their line, their signatures, and their roots against the tree."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import OuterRef, Subquery

from optins.consent import seals, signing
from optins.consent.seals import SignedHead
from optins.consent.verification.findings import Finding, Kind
from optins.consent.verification.readable import UNREADABLE
from optins.consent.verification.succession import HeadKeys
from optins.consent.verification.tree import Tree
from optins.models import Organisation, Seal

CHUNK = 200


def is_genuine(head: Seal, organisation: Organisation, previous_root: str) -> bool:
    try:
        data = seals.bytes_of(seals.head_fields(head, organisation, previous_root))
        return signing.is_signed(data, head.key_id, head.signature)
    except UNREADABLE:
        return False


def newest_genuine_size(organisation: Organisation) -> int | None:
    """How many events were sealed for certain; None without a head that we know as ours."""
    rows = Seal.objects.filter(organisation=organisation).order_by("-size")
    before = Seal.objects.filter(pk=OuterRef("previous_id")).values("root")
    for head in rows.annotate(previous_root=Subquery(before)).iterator(CHUNK):
        if is_genuine(head, organisation, head.previous_root or ""):
            return head.size
    return None


class HeadCheck:
    """Follows the heads while the tree grows past their sizes."""

    def __init__(self, organisation: Organisation, outside: Sequence[SignedHead]) -> None:
        self._organisation = organisation
        self._ahead: list[Seal] = []
        self._is_end = False
        self._last: Seal | None = None
        # The last one's own and what the tree had there: an altered head must not discredit the next one.
        self._previous_roots = {""}
        self.keys = HeadKeys(signing.newest_key_id())
        self.count = 0
        self._outside: dict[int, list[SignedHead]] = defaultdict(list)
        for head in outside:
            self._outside[head.fields["size"]].append(head)

    # Where the next ones are

    def look_again(self) -> None:
        """More leaves were read: there may be more heads."""
        self._is_end = False

    def _next(self) -> Seal | None:
        if not self._ahead and not self._is_end:
            size = self._last.size if self._last else 0
            rows = Seal.objects.filter(organisation=self._organisation, size__gt=size).order_by("size")
            self._ahead = list(rows[:CHUNK])
            self._is_end = not self._ahead
        return self._ahead[0] if self._ahead else None

    @property
    def next_at(self) -> datetime | None:
        """When the next leaves were sealed: not before those that came before them."""
        found = self._next()
        return max(filter(None, [found.sealed_at, self.keys.now]), default=None) if found else None

    def is_any_beyond(self, size: int) -> bool:
        found = self._next()
        return bool(found and found.size > size)

    def is_reached(self, size: int) -> bool:
        found = self._next()
        return size in self._outside or bool(found and found.size == size)

    # What is checked

    def before_all(self) -> Iterator[Finding]:
        """Exported heads that nobody whom we know has signed, or that are of another database."""
        for size, heads in list(self._outside.items()):
            for head in heads:
                if not head.is_authentic:
                    text = f"The exported head over {size} events is not signed with a key that we know."
                    yield self._finding(Kind.HEAD_UNKNOWN, size, text)
            self._outside[size] = [head for head in heads if head.is_authentic]

    def at(self, tree: Tree) -> Iterator[Finding]:
        """The head of this size, and exported ones; after it the tree goes on from a genuine head."""
        head = self._next()
        if head and head.size == tree.size:
            grown = tree.root
            yield from self._head(head, tree)
            self._pass(head, {head.root, grown, tree.root} - {""})
        for exported in self._outside.get(tree.size, []):
            if tree.root and exported.fields["root"] != tree.root:
                text = f"The ledger was rewritten: an exported head has another root over {tree.size} events."
                yield self._finding(Kind.LEDGER_REWRITTEN, tree.size, text, "ledger")

    def beyond_all(self) -> Iterator[Finding]:
        """Heads over more leaves than the newest genuine one."""
        while head := self._next():
            text = f"The head over {head.size} events covers more than was ever sealed."
            yield self._line(head) or self._signature(head) or self._changed(head, text)
            self._pass(head, {head.root})

    def _pass(self, head: Seal, roots: set[str]) -> None:
        self._ahead.pop(0)
        self._last, self._previous_roots = head, roots
        self.count += 1

    def _head(self, head: Seal, tree: Tree) -> Iterator[Finding]:
        problem = self._line(head) or self._signature(head)
        if problem:
            yield problem
        elif self.keys.is_late(head.key_id, head.sealed_at):
            text = f"The head over {head.size} events is signed with {head.key_id}, which had been replaced."
            yield self._finding(Kind.OLD_KEY, head.size, text)
        differs = bool(tree.root) and tree.root != head.root
        if differs:
            text = f"The root of the head over {head.size} events is not that of the tree."
            yield self._finding(Kind.HEAD_DIFFERS, head.size, text)
        if not tree.fits(head.root, head.frontier):
            if not problem:
                text = f"The head over {head.size} events was changed: its subtrees do not have its root."
                yield self._changed(head, text)
        elif not problem:
            tree.take_up(head.frontier)

    def _line(self, head: Seal) -> Finding | None:
        before = self._last.pk if self._last else None
        if head.previous_id == before:
            return None
        if head.previous_id and not Seal.objects.filter(pk=head.previous_id).exists():
            text = f"The head before that over {head.size} events was removed."
            return self._finding(Kind.HEAD_REMOVED, head.size, text)
        return self._changed(head, f"The head over {head.size} events does not follow the one before it.")

    def _signature(self, head: Seal) -> Finding | None:
        if any(is_genuine(head, self._organisation, root) for root in self._previous_roots):
            return None
        if head.key_id not in signing.public_keys():
            text = f"The head over {head.size} events names a key that is not known: {head.key_id}."
        else:
            text = f"The head over {head.size} events was changed or inserted: its signature is not ours."
        return self._changed(head, text)

    def _changed(self, head: Seal, text: str) -> Finding:
        return self._finding(Kind.HEAD_CHANGED, head.size, text)

    def cut_off(self, size: int) -> Iterator[Finding]:
        """Exported heads that cover more than there is."""
        for known in sorted(self._outside):
            if known > size and self._outside[known]:
                text = f"The ledger was cut off: an exported head covers {known} events, here are {size}."
                yield self._finding(Kind.LEDGER_CUT_OFF, size, text, "ledger")

    def _finding(self, kind: Kind, size: int, text: str, subject: str = "head") -> Finding:
        return Finding(kind, self._organisation.slug, subject, str(size), text)
