"""How fast rows go out: a steady pace over a backlog, and pauses for a class that nobody wants now."""

from dataclasses import dataclass, field

from edge.publish.durable.row import CLASSES
from edge.publish.packet import WINDOW

PACE_PER_S = 100.0  # a hub with a queue of 1000 never overflows
HOLD_S = (5.0, 300.0)  # first and longest pause of a class nobody wants, or over quota
_NS = 1_000_000_000


@dataclass(slots=True)
class Bucket:
    """Tokens for paced sending: a window at once, then `PACE_PER_S`."""

    tokens: float = WINDOW
    at_ns: int = 0

    def room(self, now_ns: int, wanted: int) -> int:
        """Return how many rows may go now, at most `wanted`."""
        gained = (now_ns - self.at_ns) * PACE_PER_S / _NS if self.at_ns else WINDOW
        self.tokens, self.at_ns = min(WINDOW, self.tokens + gained), now_ns
        return min(wanted, int(self.tokens))


@dataclass(slots=True)
class Hold:
    """The pause of one class, and for how long the next one will be."""

    until_ns: int = 0
    next_s: float = field(default_factory=lambda: HOLD_S[0])

    @property
    def probing(self) -> bool:
        """Whether nothing was taken since the last pause: then one row asks for all."""
        return self.next_s > HOLD_S[0]

    def pause(self, now_ns: int) -> bool:
        """Begin a pause, each twice as long as the one before; False while one is running."""
        if self.until_ns > now_ns:
            return False
        self.until_ns = now_ns + int(self.next_s * _NS)
        self.next_s = min(2 * self.next_s, HOLD_S[1])
        return True


class Holds:
    """The pauses of every class."""

    def __init__(self) -> None:
        self._of = {kind: Hold() for kind in CLASSES}

    def __getitem__(self, kind: int) -> Hold:
        """Return the pause of a class."""
        return self._of[kind]

    def taken(self, kind: int) -> None:
        """Note that a row was wanted: the next pause is a short one again."""
        self._of[kind].next_s = HOLD_S[0]

    def limit(self, now_ns: int, kind: int) -> int:
        """Return how many rows of the class may be on their way."""
        hold = self._of[kind]
        return 0 if hold.until_ns > now_ns else 1 if hold.probing else WINDOW
