"""The parts of the delivery put together: rows in, and one turn of everything that moves them on."""

from dataclasses import dataclass

from edge.publish.clock import Clock
from edge.publish.delivery.batch import Batch
from edge.publish.delivery.counters import Counters
from edge.publish.delivery.resending import Resending
from edge.publish.delivery.sender import Sender
from edge.publish.delivery.upkeep import Upkeep
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.row import SYSTEM
from edge.publish.durable.store import Store
from edge.publish.orders import Entry, Result


@dataclass(slots=True, kw_only=True)
class Delivery:
    """Lives on the courier's thread."""

    store: Store
    envelope: Envelope
    clock: Clock
    counters: Counters
    sender: Sender
    batch: Batch
    upkeep: Upkeep
    resending: Resending

    def add(self, one: Result) -> None:
        """Take a message of this device's own schemas."""
        self.store.add(self.envelope.row(one.kind, one.topic, one.body, one.at, retain=one.retain))

    def enter(self, entry: Entry) -> None:
        """Take a system entry."""
        now = (self.clock.wall_ns(), self.clock.mono_ns())
        self.store.add(self.envelope.foreign_row(SYSTEM, entry.topic, entry.body, now))

    def turn(self) -> None:
        """Send, write and look after what is due."""
        self.resending.turn()
        self.sender.send()
        self.batch.commit_if_due(len(self.sender.window), self.sender.window.size)
        self.upkeep.turn()

    def close(self) -> None:
        """Make everything durable."""
        self.store.close()
        self.resending.close()
