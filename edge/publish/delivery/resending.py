"""Sends results once more that the broker had taken, when somebody noticed that they never came."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from edge.plain import Json
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.kept import Kept, Run
from edge.publish.durable.row import Row
from edge.publish.durable.store import Store
from edge.publish.packet import WINDOW

SPANS_MOST = 1000  # that wait; more are counted as not kept, and asked for again


@dataclass(slots=True, kw_only=True)
class Resending:
    """Hands what is kept to the store, a window at a time and behind everything new.

    Lives on the courier's thread; `runs` may be read on any.
    """

    kept: Kept | None
    """None: nothing is kept."""
    store: Store
    envelope: Envelope
    max_bytes: int
    """Cap of the disk, together with the store."""
    keep_ns: int
    runs: list[Run] = field(default_factory=list)
    """What is kept of each run, as it was at the last look."""
    _asked: deque[Run] = field(default_factory=deque)

    def took(self, row: Row) -> None:
        """Keep a row that the broker took."""
        if self.kept is not None:
            self.kept.add(row)

    def ask(self, spans: Sequence[Run]) -> Json:
        """Take a request; return the answer, how many results will come."""
        if self.kept is None:
            return {"ok": False, "error": "nothing is kept: publish.keep_h is 0"}
        coming = 0
        for span in spans[: SPANS_MOST - len(self._asked)]:
            if span not in self._asked and (count := self.kept.count(span)):
                coming += count
                self._asked.append(span)
        return {"ok": True, "rows": coming}

    def turn(self) -> None:
        """Hand the next ones to the store once it has little to do."""
        if self.kept is None or not self._asked or self.store.rows >= WINDOW:
            return
        boot, first, last = self._asked.popleft()
        rows = self.kept.find((boot, first, last), WINDOW)
        for row in rows:
            self.store.add(self.envelope.again(row))
        if rows and rows[-1].seq < last:
            self._asked.appendleft((boot, rows[-1].seq + 1, last))

    def tidy(self) -> None:
        """Write what is young; forget what is too old or too much."""
        if self.kept is not None:
            self.kept.evict(max(0, self.max_bytes - self.store.size), self._expired)
            self.runs = self.kept.runs()

    def close(self) -> None:
        """Write what is young."""
        if self.kept is not None:
            self.kept.close()

    def _expired(self, row: Row) -> bool:
        age_ns = self.envelope.age_ns(row)
        return age_ns is not None and age_ns > self.keep_ns
