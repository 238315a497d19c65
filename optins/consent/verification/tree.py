"""A tree that is grown again, and that may have lost its thread where leaves are missing."""

from collections.abc import Sequence

from optins.consent.merkle import Frontier


class Tree:
    """The frontier, as long as it is known; ``size`` is known always."""

    def __init__(self) -> None:
        self.size = 0
        self._frontier: Frontier | None = Frontier()

    def append(self, leaf: str) -> None:
        """Grow by a leaf hash in hex; one that is none loses the thread."""
        try:
            found = bytes.fromhex(leaf)
        except ValueError:
            return self.lose()
        self.size += 1
        if self._frontier:
            self._frontier.append(found)
        return None

    def lose(self) -> None:
        """There is a leaf here, and nobody knows which."""
        self.size += 1
        self._frontier = None

    @property
    def root(self) -> str:
        """In hex; empty where it is not known."""
        return self._frontier.root().hex() if self._frontier else ""

    def fits(self, root: str, frontier: object) -> bool:
        """Whether these are the full subtrees of a tree of this size and root."""
        found = self._read(frontier)
        if found is None or [each.hex() for each in found.roots] != frontier:
            return False
        return found.root().hex() == root

    def take_up(self, frontier: Sequence[str]) -> None:
        """Go on from a head that is genuine."""
        self._frontier = self._read(frontier)

    def _read(self, frontier: object) -> Frontier | None:
        try:
            return Frontier(self.size, [bytes.fromhex(each) for each in frontier])  # type: ignore[attr-defined]
        except (ValueError, TypeError):
            return None
