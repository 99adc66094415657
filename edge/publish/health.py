"""The health message: what the pipeline says of itself, and the publisher's own part."""

from dataclasses import dataclass, field

from edge.plain import Json
from edge.publish.building.metrics import Metrics
from edge.publish.delivery.delivery import Delivery
from edge.publish.delivery.hearing import REFUSES_READ, Hearing
from edge.publish.delivery.sender import refusal
from edge.publish.encode import encode
from edge.publish.mqtt.inbox import Received
from edge.publish.mqtt.session import Session
from edge.publish.packet import Packet

_NS = 1_000_000_000


@dataclass(slots=True, kw_only=True)
class HealthReport:
    """Reads what the other parts count."""

    topic: str
    profile: str
    software: str
    delivery: Delivery
    hearing: Hearing
    session: Session
    received: Received
    metrics: Metrics | None
    _started_ns: int = field(init=False)

    def __post_init__(self) -> None:
        """Remember the start."""
        self._started_ns = self.delivery.clock.mono_ns()

    def packet(self, body: Json) -> Packet:
        """Return the message with the pipeline's part `body`; the metrics show the same numbers."""
        head = self.delivery.envelope.stamp() | {"profile": self.profile, "software": self.software}
        head["uptime_s"] = (self.delivery.clock.mono_ns() - self._started_ns) // _NS
        head["clock"] = "synced" if self.delivery.clock.synced() else "unsynced"
        content = head | body | self.own()
        if self.metrics is not None:
            self.metrics.health = content
        return Packet(topic=self.topic, payload=encode(content), retain=True)

    def own(self) -> Json:
        """Return the publisher's own part."""
        return {"mqtt": self._mqtt(), "spool": self._spool()}

    def _mqtt(self) -> Json:
        counters = self.delivery.counters
        return {
            "connected": self.session.link is not None,
            "reconnects": max(0, self.session.connects - 1),
            "inflight": len(self.delivery.sender.window),
            "acked": counters.acked,
            "nosub": counters.no_subscribers,
            "refused": counters.refused,
            "rebuilt": counters.rebuilt,
            "live_sent": counters.live_sent,
            "live_dropped": counters.live_dropped,
            "deaf": bool(self.hearing.deaf),
            "requests_refused": self.received.refused,
            "troubles": self.troubles(),
        }

    def troubles(self) -> list[str]:
        """Return what the broker keeps from the device or refuses it, in words, each with its remedy."""
        unread = [REFUSES_READ.format(topic) for topic in self.hearing.refused]
        refused = dict(self.delivery.sender.refused)
        unwritten = [refusal(topic, reason) for topic, reason in refused.items()]
        return [one for one in (self.hearing.deaf, self.session.twin, *unread, *unwritten) if one]

    def _spool(self) -> Json:
        store, oldest = self.delivery.store, self.delivery.store.oldest()
        age_ns = self.delivery.envelope.age_ns(oldest) if oldest else 0
        runs = self.delivery.resending.runs
        kept = [{"boot": boot, "first": first, "last": last} for boot, first, last in runs]
        return {
            "rows": store.rows,
            "bytes": store.size,
            "oldest_s": None if age_ns is None else age_ns // _NS,
            "dropped": store.evicted + self.delivery.counters.overflowed,
            "mode": store.mode,
        } | ({"kept": kept} if kept else {})
