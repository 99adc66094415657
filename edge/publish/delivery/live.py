"""Live values: sent at once from the caller's thread or dropped, never kept."""

from dataclasses import dataclass

from edge.publish.clock import Clock
from edge.publish.delivery.counters import Counters
from edge.publish.gate import Gate
from edge.publish.mqtt.link import Link
from edge.publish.packet import Packet

_EARLY = 0.95  # of the time between two values: the caller's own rate is not exact


@dataclass(slots=True)
class Live:
    """Sends what passes the gate, at a rate."""

    gate: Gate
    clock: Clock
    counters: Counters
    link: Link | None = None
    """Where values may go now; set by the courier once every retained value has gone out there."""
    _at_ns: int | None = None

    def due(self, rate_hz: float) -> bool:
        """Return whether it is time for a value, and take it as sent."""
        now_ns = self.clock.mono_ns()
        if self._at_ns is not None and now_ns - self._at_ns < _EARLY * 1e9 / rate_hz:
            return False
        self._at_ns = now_ns
        return True

    def send(self, packet: Packet) -> None:
        """Send a value; it may not overtake the mute that is being published."""
        with self.gate.held() as is_open:
            sent = is_open and self.link is not None and self.link.publish(packet) is not None
        self.counters.live_sent += sent
        self.counters.live_dropped += not sent
