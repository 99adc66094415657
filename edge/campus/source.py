"""Where messages come from: what a broker holds back until it is told that they are kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from edge.campus.message import Message

BATCH = 500  # messages in one transaction


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message, and the mark by which the source acknowledges it."""

    message: Message
    mark: tuple[int, int]


class Source(Protocol):
    """A connection for ever; what was not accepted comes again, to this consumer or to another one."""

    @property
    def trouble(self) -> str:
        """Why nothing comes; empty where no reason is known."""

    @property
    def connected(self) -> bool:
        """Whether a request would be sent now."""

    def take(self, timeout_s: float) -> list[Delivery]:
        """Return what has come, in order; nothing after the timeout."""

    def accept(self, deliveries: Sequence[Delivery]) -> None:
        """Acknowledge to the broker: these are durable now."""

    def publish(self, topic: str, payload: bytes) -> None:
        """Send a request to a device; while the broker is away it is dropped."""

    def close(self) -> None:
        """Disconnect; idempotent."""
