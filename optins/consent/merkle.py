"""The Merkle tree of RFC 9162, section 2.1 (the same as RFC 6962), over SHA-256. Pure: bytes in, bytes out.

A hash is 32 bytes. "Leaves" are leaf hashes, in order. Leaves and nodes are hashed under different first
bytes, so that no node can pass for a leaf.
"""

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The roots of the full subtrees of a tree, largest first: enough to append to it and to know its root.

    It holds one hash for each bit that is set in ``size``, however large the tree is.
    """

    def __init__(self, size: int = 0, roots: Iterable[bytes] = ()) -> None:
        """Raises ValueError where the roots are not as many as a tree of this size has."""
        self.size, self.roots = size, list(roots)
        if len(self.roots) != size.bit_count():
            raise ValueError(f"A tree of {size} leaves has {size.bit_count()} full subtrees.")

    def append(self, leaf: bytes) -> None:
        """Grow by one leaf hash: it joins each full subtree of its own size."""
        carried, size = leaf, self.size
        while size & 1:
            carried = node_hash(self.roots.pop(), carried)
            size >>= 1
        self.roots.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """The tree's root hash, RFC 9162 2.1.1."""
        if not self.roots:
            return EMPTY
        found = self.roots[-1]
        for larger in reversed(self.roots[:-1]):
            found = node_hash(larger, found)
        return found


def frontier(leaves: Iterable[bytes]) -> Frontier:
    grown = Frontier()
    for leaf in leaves:
        grown.append(leaf)
    return grown


def root(leaves: Iterable[bytes]) -> bytes:
    return frontier(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from one leaf up to the root, RFC 9162 2.1.3.1. IndexError without a leaf."""
    return inclusion_proofs(leaves, [index])[index]


def inclusion_proofs(leaves: Sequence[bytes], indexes: Iterable[int]) -> dict[int, list[bytes]]:
    """The same for several leaves, in one pass over the tree; by index."""
    proofs: dict[int, list[bytes]] = {index: [] for index in indexes}
    if any(not 0 <= index < len(leaves) for index in proofs):
        raise IndexError("There is no such leaf.")
    level, height = leaves, 0
    while len(level) > 1:
        for index, proof in proofs.items():
            beside = (index >> height) ^ 1
            if beside < len(level):
                proof.append(level[beside])
        level, height = _next_level(level), height + 1
    return proofs


def _next_level(level: Sequence[bytes]) -> list[bytes]:
    """Nodes over pairs; one that is left over at the end goes up as it is."""
    paired = len(level) // 2 * 2
    return [node_hash(level[i], level[i + 1]) for i in range(0, paired, 2)] + list(level[paired:])


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf is at this place in the tree of this size and root, RFC 9162 2.1.3.2."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """That the tree of the first ``old_size`` leaves grew into this one, RFC 9162 2.1.4.1; empty for none."""
    if not 0 <= old_size <= len(leaves):
        raise IndexError("There was no such tree.")
    return _grown(leaves, old_size, is_whole=True) if old_size else []


def _grown(leaves: Sequence[bytes], old_size: int, *, is_whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if is_whole else [root(leaves)]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    if old_size <= split:
        return [*_grown(leaves[:split], old_size, is_whole=is_whole), root(leaves[split:])]
    return [*_grown(leaves[split:], old_size - split, is_whole=False), root(leaves[:split])]


def verify_consistency(
    old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes
) -> bool:
    """Whether the first tree's leaves are the beginning of the second's, RFC 9162 2.1.4.2."""
    if not 0 < old_size < size:
        same = old_size == size and old_root == root
        return not proof and (same or (old_size == 0 < size and old_root == EMPTY))
    hashes = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not hashes:
        return False
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_found = found = hashes[0]
    for beside in hashes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_found, found = node_hash(beside, old_found), node_hash(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and old_found == old_root and found == root
