"""An organisation's tree under its newest head, read once: each proof from it takes a few steps."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Self

from optins.consent import merkle, sealing
from optins.models import Organisation, Seal, SealedEvent

_SIZE = 32  # bytes of a hash
# Whoever records all the time must not keep a pack waiting for ever.
_BATCHES = 100


class Tree:
    """Every node of the tree of RFC 9162 over these leaf hashes: 64 bytes in memory for each leaf."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        level = bytearray()
        for leaf in leaves:
            level += leaf
        self._levels = [level]
        self.size = len(level) // _SIZE
        while len(self._levels[-1]) > _SIZE:
            self._levels.append(_above(self._levels[-1]))

    def _node(self, height: int, place: int) -> bytes:
        return bytes(self._levels[height][place * _SIZE : (place + 1) * _SIZE])

    def inclusion_proof(self, index: int) -> list[bytes]:
        """The same as merkle.inclusion_proof over all leaves."""
        proof = []
        for height, level in enumerate(self._levels[:-1]):
            beside = (index >> height) ^ 1
            if beside * _SIZE < len(level):
                proof.append(self._node(height, beside))
        return proof

    def consistency_proof(self, old_size: int) -> list[bytes]:
        """The same as merkle.consistency_proof over all leaves; ``old_size`` from 1 to the tree's own."""
        return self._grown(0, self.size, old_size, is_whole=True)

    def _grown(self, start: int, end: int, old_size: int, *, is_whole: bool) -> list[bytes]:
        if old_size == end - start:
            return [] if is_whole else [self._root(start, end)]
        middle = start + (1 << ((end - start - 1).bit_length() - 1))
        if start + old_size <= middle:
            return [*self._grown(start, middle, old_size, is_whole=is_whole), self._root(middle, end)]
        rest = start + old_size - middle
        return [*self._grown(middle, end, rest, is_whole=False), self._root(start, middle)]

    def _root(self, start: int, end: int) -> bytes:
        """Of a subtree as the tree itself is cut: whole, or up to the tree's own end."""
        height = (end - start - 1).bit_length()
        return self._node(height, start >> height)


def _above(level: bytearray) -> bytearray:
    """Nodes over pairs; one that is left over at the end goes up as it is."""
    above = bytearray()
    for at in range(0, len(level) - _SIZE, 2 * _SIZE):
        above += merkle.node_hash(bytes(level[at : at + _SIZE]), bytes(level[at + _SIZE : at + 2 * _SIZE]))
    return above + level[len(above) * 2 :]


@dataclass(frozen=True)
class Sealed:
    """What is sealed of one organisation: its newest head, None where there is none, and its tree."""

    organisation: Organisation
    head: Seal | None

    @classmethod
    def now(cls, organisation: Organisation, now: datetime) -> Self:
        """Seal what waits, if nobody else is at it, and take the head that stands then."""
        for _batch in range(_BATCHES):
            if sealing.seal(organisation, now) is None:
                break
        return cls(organisation, sealing.newest_seal(organisation))

    @cached_property
    def tree(self) -> Tree:
        size = self.head.size if self.head else 0
        rows = SealedEvent.objects.filter(organisation=self.organisation, position__lt=size)
        leaves = rows.order_by("position").values_list("leaf", flat=True)
        return Tree(bytes.fromhex(leaf) for leaf in leaves.iterator())
