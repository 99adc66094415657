"""The parts of the delivery put together: rows in, and one turn of everything that moves them on."""

from collections.abc import Callable
from dataclasses import dataclass, field

from edge.publish.clock import Clock
from edge.publish.delivery.batch import Batch
from edge.publish.delivery.counters import Counters
from edge.publish.delivery.live import Live
from edge.publish.delivery.pace import Pace
from edge.publish.delivery.sender import Sender
from edge.publish.delivery.upkeep import Upkeep
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.row import SYSTEM
from edge.publish.durable.store import Store
from edge.publish.notices import Note
from edge.publish.orders import Entry, Result


@dataclass(slots=True, kw_only=True)
class Delivery:
    """Lives on the courier's thread."""

    store: Store
    envelope: Envelope
    clock: Clock
    pace: Pace
    counters: Counters
    note: Note
    live: Live
    muted: bool
    """The state to begin with."""
    keepalive_s: int
    rebuild: Callable[[], None]
    """Replaces a client that is stuck."""
    sender: Sender = field(init=False)
    batch: Batch = field(init=False)
    upkeep: Upkeep = field(init=False)

    def __post_init__(self) -> None:
        """Build the parts."""
        self.sender = Sender(
            store=self.store,
            envelope=self.envelope,
            clock=self.clock,
            pace=self.pace,
            live=self.live,
            counters=self.counters,
            note=self.note,
            muted=self.muted,
        )
        self.batch = Batch(self.store, self.clock, self.pace)
        self.upkeep = Upkeep(
            store=self.store,
            batch=self.batch,
            window=self.sender.window,
            envelope=self.envelope,
            counters=self.counters,
            clock=self.clock,
            pace=self.pace,
            keepalive_s=self.keepalive_s,
            rebuild=self.rebuild,
            note=self.note,
        )

    def add(self, one: Result) -> None:
        """Take a message of this device's own schemas."""
        self.store.add(self.envelope.row(one.kind, one.topic, one.body, one.at, retain=one.retain))

    def enter(self, entry: Entry) -> None:
        """Take a system entry."""
        now = (self.clock.wall_ns(), self.clock.mono_ns())
        self.store.add(self.envelope.foreign_row(SYSTEM, entry.topic, entry.body, now))

    def turn(self) -> None:
        """Send, write and look after what is due."""
        self.sender.send()
        self.batch.commit_if_due(len(self.sender.window), self.sender.window.size)
        self.upkeep.turn()
