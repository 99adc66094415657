"""What goes out when, and what becomes of it by the broker's reason code; lives on the courier's thread."""

from dataclasses import dataclass, field

from edge.publish.building.ghosts import Ghosts
from edge.publish.clock import Clock
from edge.publish.delivery.counters import Counters
from edge.publish.delivery.latest import Latest
from edge.publish.delivery.live import Live
from edge.publish.delivery.pace import Bucket, Holds, Pace
from edge.publish.delivery.resending import Resending
from edge.publish.delivery.window import Window
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.row import CLASSES, EVENT, SYSTEM, Row
from edge.publish.durable.store import Store
from edge.publish.mqtt.link import Ack, Link
from edge.publish.notices import Note
from edge.publish.orders import Send
from edge.publish.packet import Packet

NO_SUBSCRIBERS, QUOTA = 0x10, 0x97
RETRY = frozenset({0x80, 0x83, 0x91, QUOTA})  # unspecified, implementation specific, id in use, quota
FAILURE = 0x80
_REMEDIES = {
    0x87: "let the broker's access list allow the device to write it",
    0x95: "let the broker take larger messages",
}
_OTHER_REMEDY = "the broker's log says why"
_WILL = "; the last will goes there too, so nobody would learn that the device died"
_NS = 1_000_000_000


@dataclass(slots=True, kw_only=True)
class Sender:
    """Sends retained values first, then rows at their pace, measures only where nothing keeps them here."""

    store: Store
    envelope: Envelope
    clock: Clock
    pace: Pace
    live: Live
    counters: Counters
    note: Note
    ghosts: Ghosts
    resending: Resending
    muted: bool
    latest: Latest = field(default_factory=Latest)
    window: Window = field(default_factory=Window)
    refused: dict[str, int] = field(default_factory=dict)
    """Topics that the broker refused for good since the connect, and the last reason code."""
    _holds: Holds = field(init=False)
    _bucket: Bucket = field(init=False)

    def __post_init__(self) -> None:
        """Begin at the pace."""
        self._holds, self._bucket = Holds(self.pace), Bucket(self.pace.rows_per_s)

    def up(self, link: Link) -> None:
        """Take a new link: everything unacknowledged and every retained value goes out again."""
        self.live.link = None
        self.window.open(link, self.clock.mono_ns())
        self.latest.resend()
        self.refused.clear()

    def down(self, link: Link) -> None:
        """Let a lost link go."""
        if link is self.window.link:
            self.live.link = None
            self.window.open(None, self.clock.mono_ns())

    def caught_up(self, link: Link) -> None:
        """Let measures go out over the link: no request waits at the broker any more."""
        if link is self.window.link:
            self.window.caught_up = True

    def take(self, order: Send) -> None:
        """Take a value of which only the newest counts."""
        if not (order.measure and self.muted):
            self.latest.put(order.packet, keep=order.keep, measure=order.measure)

    def mute(self, state: Packet | None, *, on: bool) -> None:
        """Keep measures where they are, or let them go on once the state has been told."""
        self.muted, self.live.link = on, None
        if on:
            self.latest.forget_passing()
        if state is not None:
            self.latest.put_first(state)

    def acked(self, ack: Ack) -> None:
        """Obey one acknowledgement."""
        sent = self.window.taken(ack, self.clock.mono_ns())
        if isinstance(sent, Row):
            self._row_acked(sent, ack.reason)
        elif sent is not None:
            self._packet_acked(sent, ack.reason)

    def send(self) -> None:
        """Fill the window."""
        now_ns = self.clock.mono_ns()
        for packet in self.latest.take(self.window.room, now_ns):
            self.window.send(packet, packet, now_ns)
        self.live.link = self.window.link if self.window.caught_up and not self.latest else None
        room = self._bucket.room(now_ns, self.window.room - self.store.undeleted)
        for row in self._sendable(room, now_ns):
            self._bucket.tokens -= 1
            self.window.send(self.envelope.packet(row), row, now_ns)

    def quiet(self, *, leaving: bool) -> bool:
        """Return whether everything has arrived; when `leaving`, whether nothing can be sent now."""
        if leaving and self.window.link is None:
            return True
        waiting = self._sendable(1, self.clock.mono_ns()) if leaving else self.store.rows
        return not (self.window or self.latest or waiting)

    def _sendable(self, limit: int, now_ns: int) -> list[Row]:
        """Return the next rows that nothing keeps here."""
        if limit <= 0 or not self.store.rows:
            return []
        kinds = CLASSES if self.window.caught_up and not self.muted else (SYSTEM,)
        busy = self.window.rows
        room = self._holds.room(now_ns, kinds, [row.kind for row in busy])
        rows = []
        wanted = [kind for kind in kinds if room[kind] > 0]
        for row in self.store.next(wanted, {row.key for row in busy}, limit):
            room[row.kind] -= 1
            if room[row.kind] >= 0:
                rows.append(row)
        return rows

    def _row_acked(self, row: Row, reason: int) -> None:
        self.counters.no_subscribers += reason == NO_SUBSCRIBERS
        if reason in RETRY or (reason == NO_SUBSCRIBERS and row.kind == EVENT):
            if self._holds[row.kind].pause(self.clock.mono_ns()):
                text = f"broker answered 0x{reason:02x}, class {row.kind} pauses"
                self.note(300, "device.spool.hold", text)
        elif reason >= FAILURE:
            self._refused(row.topic, reason)
            self.store.park(row, reason)
        else:
            self.counters.acked += 1
            self._holds[row.kind].taken()
            self.store.done(row)
            self.resending.took(row)

    def _packet_acked(self, packet: Packet, reason: int) -> None:
        if reason in RETRY:
            self.latest.again(packet, self.clock.mono_ns() + int(self.pace.first_hold_s * _NS))
            if self.muted:
                self.latest.forget_passing()
        elif not packet.payload:
            self.latest.forget(packet.topic)
            self.ghosts.gone(packet.topic, refused=reason >= FAILURE)
        elif reason >= FAILURE:
            self._refused(packet.topic, reason)

    def _refused(self, topic: str, reason: int) -> None:
        self.counters.refused += 1
        self.refused[topic] = reason
        self.note(500, "device.spool.refused", refusal(topic, reason))


def refusal(topic: str, reason: int) -> str:
    """Return that the broker refuses what is sent to a topic for good, and the remedy."""
    text = f"the broker refuses {topic} with 0x{reason:02x}: {_REMEDIES.get(reason, _OTHER_REMEDY)}"
    return text + (_WILL if topic.endswith("/availability") else "")
