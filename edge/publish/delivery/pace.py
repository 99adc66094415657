"""How fast rows go out: a steady pace over a backlog, and pauses for a class that nobody wants now."""

from collections.abc import Collection
from dataclasses import dataclass, field

from edge.publish.durable.row import CLASSES
from edge.publish.packet import WINDOW

_NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The publisher's times; tests take shorter ones."""

    rows_per_s: float = 100.0
    """Over a backlog: a hub with a queue of 1000 never overflows."""
    batch_s: float = 0.25
    """A row that is not acknowledged by then goes to the disk."""
    first_hold_s: float = 5.0
    """First pause of a class that nobody wants, or that is over the broker's quota."""
    longest_hold_s: float = 300.0
    stuck_keepalives: float = 3.0
    """Keep-alives without any acknowledgement after which the client is replaced."""
    probe_s: float = 6.0
    """Between two probes of the device's hearing."""
    patience_s: float = 6.0
    """A probe that has not come back by then is lost."""
    retry_s: float = 5.0
    """Before a request whose effect could not be made durable is served again."""
    tidy_s: float = 10.0
    """Between two looks at age and size of the spool."""


@dataclass(slots=True)
class Bucket:
    """Tokens for paced sending: a window at once, then `rows_per_s`."""

    rows_per_s: float
    tokens: float = WINDOW
    at_ns: int = 0

    def room(self, now_ns: int, wanted: int) -> int:
        """Return how many rows may go now, at most `wanted`."""
        gained = (now_ns - self.at_ns) * self.rows_per_s / _NS if self.at_ns else WINDOW
        self.tokens, self.at_ns = min(WINDOW, self.tokens + gained), now_ns
        return min(wanted, int(self.tokens))


@dataclass(slots=True)
class Hold:
    """The pause of one class, and for how long the next one will be."""

    pace: Pace
    until_ns: int = 0
    next_s: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin with short pauses."""
        self.next_s = self.pace.first_hold_s

    @property
    def probing(self) -> bool:
        """Whether nothing was taken since the last pause: then one row asks for all."""
        return self.next_s > self.pace.first_hold_s

    def pause(self, now_ns: int) -> bool:
        """Begin a pause, each twice as long as the one before; False while one is running."""
        if self.until_ns > now_ns:
            return False
        self.until_ns = now_ns + int(self.next_s * _NS)
        self.next_s = min(2 * self.next_s, self.pace.longest_hold_s)
        return True

    def taken(self) -> None:
        """Note that a row was wanted: the next pause is a short one again."""
        self.next_s = self.pace.first_hold_s

    def limit(self, now_ns: int) -> int:
        """Return how many rows of the class may be on their way."""
        return 0 if self.until_ns > now_ns else 1 if self.probing else WINDOW


class Holds:
    """The pauses of every class."""

    def __init__(self, pace: Pace) -> None:
        self._of = {kind: Hold(pace) for kind in CLASSES}

    def __getitem__(self, kind: int) -> Hold:
        """Return the pause of a class."""
        return self._of[kind]

    def room(self, now_ns: int, kinds: Collection[int], busy: Collection[int]) -> dict[int, int]:
        """Return how many more rows of each class may go, given the classes of those on their way."""
        on_way = {kind: sum(one == kind for one in busy) for kind in kinds}
        return {kind: self._of[kind].limit(now_ns) - on_way[kind] for kind in kinds}
