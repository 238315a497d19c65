"""Who tries channels out, and what is kept of it: lines, and where a call or a session stands."""

from dataclasses import dataclass, field

from sandbox.exchange import Json

# The last hundred numbers of those that Ofcom keeps for drama.
TESTERS = tuple(f"4477009009{place:02}" for place in range(1, 6))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a trial; ``n`` tells the order. ``sent`` and ``answer`` are what went over the wire."""

    n: int
    mine: bool
    text: str
    choices: tuple[Json, ...] = ()
    is_note: bool = False
    sent: str = ""
    answer: str = ""


@dataclass(slots=True)
class Trial:
    """One tester at one channel: the lines, and of a call or session where it stands."""

    slug: str
    digits: str
    lines: list[Line] = field(default_factory=list)
    session: str = ""
    next_url: str = ""
    typed: list[str] = field(default_factory=list)

    @property
    def bot_id(self) -> str:
        """Longer than any id that a platform of bots gives."""
        return f"9{self.digits.zfill(18)}"
