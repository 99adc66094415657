"""The one thread that owns store and message ids: batches commits, keeps the window, obeys the acks."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from edge.publish.clock import Clock
from edge.publish.durable.envelope import Envelope
from edge.publish.durable.row import CLASSES, EVENT, SYSTEM, Row
from edge.publish.durable.store import Store
from edge.publish.mqtt.latest import Latest
from edge.publish.mqtt.link import Link
from edge.publish.mqtt.pace import HOLD_S, Bucket, Holds
from edge.publish.mqtt.session import Session
from edge.publish.packet import WINDOW, Packet

_log = logging.getLogger(__name__)

BATCH_ROWS = 64
BATCH_NS = 250_000_000  # a row not acknowledged by then goes to the disk
_STUCK_KEEPALIVES = 3
_HOUSEKEEPING_NS = 10_000_000_000
_POLL_S, _IDLE_S = 0.05, 0.5  # looks at the clock with and without rows waiting
_STOP_S, _GOODBYE_S = 5.0, 1.0

NO_SUBSCRIBERS, QUOTA = 0x10, 0x97
RETRY = frozenset({0x80, 0x83, 0x91, QUOTA})  # unspecified, implementation specific, id in use, quota
FAILURE = 0x80


@dataclass(slots=True)
class Counters:
    """What became of publications since the start."""

    acked: int = 0
    no_subscribers: int = 0
    refused: int = 0
    rebuilt: int = 0
    overflowed: int = 0
    live_sent: int = 0
    live_dropped: int = 0


@dataclass(slots=True)
class Courier:
    """Moves rows from the producers through the store to the link and takes the acknowledgements back."""

    store: Store
    session: Session
    clock: Clock
    envelope: Envelope
    keepalive_s: int
    notice: Callable[[int, str, str], None]
    on_up: Callable[[Link], None]
    on_turn: Callable[[], None]
    muted: bool
    counters: Counters = field(default_factory=Counters)
    live: Link | None = None
    """Where live values may go: only after every retained value has gone out there."""
    turns: int = 0
    """Turns of the thread, for the watchdog: they go on with and without a broker."""
    _events: queue.SimpleQueue[Callable[[], None]] = field(default_factory=queue.SimpleQueue)
    _inflight: dict[int, Row | Packet] = field(default_factory=dict)
    _link: Link | None = None
    _latest: Latest = field(default_factory=Latest)
    _holds: Holds = field(default_factory=Holds)
    _bucket: Bucket = field(default_factory=Bucket)
    _timers: list[tuple[int, Callable[[], None]]] = field(default_factory=list)
    _committed_ns: int = 0
    _tidied_ns: int = 0
    _progress_ns: int = 0
    _mode: str = "disk"
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._committed_ns = self._progress_ns = self.clock.mono_ns()
        self._thread = threading.Thread(target=self._run, name="mqtt-spool", daemon=True)
        self._thread.start()

    def do(self, action: Callable[[], None]) -> None:
        """Run the action on the courier's thread, soon."""
        self._events.put(action)

    def later(self, delay_ns: int, action: Callable[[], None]) -> None:
        """Run the action on the courier's thread after a delay; called on that thread."""
        self._timers.append((self.clock.mono_ns() + delay_ns, action))

    def resend(self) -> None:
        """Send every retained value again."""
        self._latest.resend()

    @property
    def queued(self) -> int:
        """Actions waiting for the courier's next turn."""
        return self._events.qsize()

    @property
    def inflight(self) -> int:
        """Messages sent and not yet acknowledged."""
        return len(self._inflight)

    def up(self, link: Link) -> None:
        """Take a new link: everything unacknowledged and every retained value goes out again."""
        self._link, self._inflight, self.live = link, {}, None
        self._progress_ns = self.clock.mono_ns()
        self.on_up(link)
        self.resend()

    def down(self, link: Link) -> None:
        """Let a lost link go."""
        if link is self._link:
            self._link, self._inflight, self.live = None, {}, None

    def latest(self, packet: Packet, *, keep: bool = True) -> None:
        """Send a packet as soon as possible, only its newest version; with `keep` again on every connect."""
        self._latest.put(packet, keep=keep)

    def mute(self, *, on: bool) -> None:
        """Keep measures where they are, or let them go on once the state has been told."""
        self.muted, self.live = on, None

    def ack(self, link: Link, mid: int, reason: int) -> None:
        """Obey one acknowledgement."""
        if link is not self._link or mid not in self._inflight:
            return
        self._progress_ns = self.clock.mono_ns()
        sent = self._inflight.pop(mid)
        if isinstance(sent, Row):
            self._row_acked(sent, reason)
        elif reason in RETRY:
            self.later(int(HOLD_S[0] * 1e9), partial(self._latest.again, sent))
        elif reason >= FAILURE:
            self._refused(sent.topic, reason)

    def stop(self, goodbye: Packet) -> None:
        """Commit, wait shortly for acknowledgements, send the goodbye, stop."""
        if self._thread is None:
            return
        self.do(self._commit_now)
        self._wait_quiet(_STOP_S, leaving=True)
        self.do(lambda: self.latest(goodbye))
        self._wait_quiet(_GOODBYE_S, leaving=True)
        self._stop.set()
        self._thread.join(timeout=_STOP_S)
        self._thread = None

    def drain(self, timeout_s: float) -> bool:
        """Wait until every row has arrived; False after the timeout."""
        return self._wait_quiet(timeout_s, leaving=False)

    def _wait_quiet(self, timeout_s: float, *, leaving: bool) -> bool:
        """Wait until nothing waits, or, when `leaving`, until nothing can be sent now."""
        quiet, given_up = threading.Event(), threading.Event()

        def look() -> None:
            waiting = self._sendable(1) if leaving else self.store.rows
            if (leaving and self._link is None) or not (self._inflight or self._latest or waiting):
                quiet.set()
            elif not given_up.is_set():
                self._timers.append((0, look))

        self.do(look)
        done = quiet.wait(timeout_s)
        given_up.set()
        return done

    def _run(self) -> None:
        while not self._stop.is_set():
            self.turns += 1
            self._drain()
            self.on_turn()
            self._top_up()
            self._commit()
            self._tidy()
        self.store.close()

    def _drain(self) -> None:
        try:
            self._events.get(timeout=_POLL_S if self.store.rows or self._timers else _IDLE_S)()
            for _ in range(BATCH_ROWS):
                self._events.get_nowait()()
        except queue.Empty:
            return

    def _commit(self) -> None:
        """Write when a young row was not acknowledged in time, or too many rows would come again."""
        store, now_ns = self.store, self.clock.mono_ns()
        window = WINDOW if self._link is None else self._link.window
        full_window = store.undeleted and store.undeleted + len(self._inflight) >= window
        late = store.staged and now_ns - store.staged_since_ns >= BATCH_NS
        stale = store.undeleted and now_ns - self._committed_ns >= BATCH_NS
        retry = store.mode == "memory" and now_ns - self._committed_ns < BATCH_NS
        if (full_window or late or stale or store.staged >= BATCH_ROWS) and not retry:
            self._commit_now()

    def _commit_now(self) -> None:
        self.store.commit()
        self._committed_ns = self.clock.mono_ns()

    def _top_up(self) -> None:
        if self._link is None:
            return
        for packet in self._latest.take(self._link.window - len(self._inflight)):
            self._send(packet, packet)
        self.live = None if self._latest else self._link
        room = self._link.window - len(self._inflight) - self.store.undeleted
        for row in self._sendable(self._bucket.room(self.clock.mono_ns(), room)):
            self._bucket.tokens -= 1
            self._send(self.envelope.packet(row), row)

    def _sendable(self, limit: int) -> list[Row]:
        """Return the next rows that neither mute nor hold keeps here."""
        if limit <= 0 or not self.store.rows:
            return []
        now_ns = self.clock.mono_ns()
        busy = [row for row in self._inflight.values() if isinstance(row, Row)]
        room = {kind: self._holds.limit(now_ns, kind) for kind in ((SYSTEM,) if self.muted else CLASSES)}
        for row in busy:
            room[row.kind] = room.get(row.kind, 0) - 1
        rows = []
        for row in self.store.next([kind for kind in room if room[kind] > 0], {r.key for r in busy}, limit):
            room[row.kind] -= 1
            if room[row.kind] >= 0:
                rows.append(row)
        return rows

    def _send(self, packet: Packet, sent: Row | Packet) -> None:
        if self._link is None or (mid := self._link.publish(packet)) is None or not packet.qos:
            return
        if not self._inflight:
            self._progress_ns = self.clock.mono_ns()  # the broker's silence counts from now
        self._inflight[mid] = sent

    def _row_acked(self, row: Row, reason: int) -> None:
        self.counters.no_subscribers += reason == NO_SUBSCRIBERS
        if reason in RETRY or (reason == NO_SUBSCRIBERS and row.kind == EVENT):
            if self._holds[row.kind].pause(self.clock.mono_ns()):
                text = f"broker answered 0x{reason:02x}, class {row.kind} pauses"
                self.notice(300, "device.spool.hold", text)
        elif reason >= FAILURE:
            self._refused(row.topic, reason)
            self.store.park(row, reason)
        else:
            self.counters.acked += 1
            self._holds.taken(row.kind)
            self.store.done(row)

    def _refused(self, topic: str, reason: int) -> None:
        self.counters.refused += 1
        self.notice(500, "device.spool.refused", f"broker refused {topic} with 0x{reason:02x}")

    def _tidy(self) -> None:
        now_ns = self.clock.mono_ns()
        ripe = [timer for timer in self._timers if timer[0] <= now_ns]
        for timer in ripe:
            self._timers.remove(timer)
            timer[1]()
        silent_ns = now_ns - self._progress_ns if self._inflight else 0
        if silent_ns > _STUCK_KEEPALIVES * self.keepalive_s * 1_000_000_000:
            self.counters.rebuilt += 1
            self._progress_ns = now_ns
            self.notice(400, "device.session.rebuild", "no acknowledgement for three keep-alives, new client")
            self.session.rebuild()
        if self.store.mode != self._mode:
            self._mode = self.store.mode
            self.notice(400, "device.spool.mode", f"spool in {self._mode} {self.store.trouble}".strip())
        if now_ns - self._tidied_ns >= _HOUSEKEEPING_NS:
            self._tidied_ns = now_ns
            if self.store.mode == "memory":
                self._commit_now()  # nothing may wait for the disk: ask it whether it takes again
            if gone := self.store.evict(self.envelope.expired):
                text = f"{gone} results dropped: spool at its cap of size or age"
                self.notice(400, "device.spool.evict", text)
