"""Looks after what goes wrong unnoticed: a client that is stuck, a disk that refuses, a spool at its cap."""

from collections.abc import Callable
from dataclasses import dataclass

from edge.publish.clock import Clock
from edge.publish.delivery.batch import Batch
from edge.publish.delivery.counters import Counters
from edge.publish.delivery.pace import Pace
from edge.publish.delivery.resending import Resending
from edge.publish.delivery.window import Window
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.store import Store
from edge.publish.notices import Note

_NS = 1_000_000_000


@dataclass(slots=True, kw_only=True)
class Upkeep:
    """Looks once a turn of the courier."""

    store: Store
    batch: Batch
    window: Window
    envelope: Envelope
    counters: Counters
    clock: Clock
    pace: Pace
    keepalive_s: int
    resending: Resending
    rebuild: Callable[[], None]
    """Replaces the client."""
    note: Note
    _mode: str = "disk"
    _tidied_ns: int = 0

    def turn(self) -> None:
        """Do what is due."""
        now_ns = self.clock.mono_ns()
        self._watch_client(now_ns)
        self._watch_disk()
        if now_ns - self._tidied_ns >= self.pace.tidy_s * _NS:
            self._tidied_ns = now_ns
            self._tidy()

    def _watch_client(self, now_ns: int) -> None:
        if self.window.silent_ns(now_ns) <= self.pace.stuck_keepalives * self.keepalive_s * _NS:
            return
        self.counters.rebuilt += 1
        self.window.excuse(now_ns)
        self.note(400, "device.session.rebuild", "no acknowledgement for three keep-alives, new client")
        self.rebuild()

    def _watch_disk(self) -> None:
        if self.store.mode != self._mode:
            self._mode = self.store.mode
            trouble = self.store.trouble
            text = f"results wait in memory: {trouble}" if trouble else "results wait on the disk again"
            self.note(400, "device.spool.mode", text)

    def _tidy(self) -> None:
        if self.store.mode == "memory":
            self.batch.commit()  # nothing may wait for the disk: ask it whether it takes again
        if gone := self.store.evict(self.envelope.expired):
            self.note(400, "device.spool.evict", f"{gone} results dropped: spool at its cap of size or age")
        self.resending.tidy()
