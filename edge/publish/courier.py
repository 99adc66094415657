"""The one thread that owns store and message ids: batches commits, keeps the window, obeys the acks."""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from edge.publish.clock import Clock
from edge.publish.link import WINDOW, Link, Packet
from edge.publish.row import CLASSES, EVENT, SYSTEM, Row
from edge.publish.session import Session
from edge.publish.store import Store

_log = logging.getLogger(__name__)

BATCH_ROWS = 64
BATCH_NS = 250_000_000  # a row not acknowledged by then goes to the disk
PACE_PER_S = 100.0  # a hub with a queue of 1000 never overflows
HOLD_S = (5.0, 300.0)  # first and longest pause of a class nobody wants, or over quota
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
class Hold:
    """A class of rows that pauses, and for how long the next pause will be."""

    until_ns: int = 0
    next_s: float = field(default_factory=lambda: HOLD_S[0])


@dataclass(slots=True)
class _Bucket:
    """Tokens for paced sending."""

    tokens: float = WINDOW
    at_ns: int = 0

    def take(self, now_ns: int, wanted: int) -> int:
        self.tokens = (
            min(WINDOW, self.tokens + (now_ns - self.at_ns) * PACE_PER_S / 1e9) if self.at_ns else WINDOW
        )
        self.at_ns = now_ns
        return min(wanted, int(self.tokens))


@dataclass(slots=True)
class Courier:
    """Moves rows from the producers through the store to the link and takes the acknowledgements back."""

    store: Store
    session: Session
    clock: Clock
    boot: str
    keepalive_s: int
    max_age_ns: int
    to_packet: Callable[[Row], Packet]
    notice: Callable[[int, str, str], None]
    on_up: Callable[[Link], None]
    on_turn: Callable[[], None]
    muted: bool
    counters: Counters = field(default_factory=Counters)
    turns: int = 0
    """Turns of the thread, for the watchdog: they go on with and without a broker."""
    _events: queue.SimpleQueue[Callable[[], None]] = field(default_factory=queue.SimpleQueue)
    _inflight: dict[int, Row | None] = field(default_factory=dict)
    _link: Link | None = None
    _latest: dict[str, Packet] = field(default_factory=dict)
    _due: dict[str, Packet] = field(default_factory=dict)
    _holds: dict[int, Hold] = field(default_factory=lambda: {kind: Hold() for kind in CLASSES})
    _bucket: _Bucket = field(default_factory=_Bucket)
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
        self._due = dict(self._latest)

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
        self._link, self._inflight = link, {}
        self._progress_ns = self.clock.mono_ns()
        self.on_up(link)
        self.resend()

    def down(self, link: Link) -> None:
        """Let a lost link go."""
        if link is self._link:
            self._link, self._inflight = None, {}

    def latest(self, packet: Packet, *, keep: bool = True) -> None:
        """Send a packet as soon as possible, only its newest version; with `keep` again on every connect."""
        if keep:
            self._latest[packet.topic] = packet
        self._due[packet.topic] = packet

    def mute(self, *, on: bool) -> None:
        """Keep measures where they are, or let them go on."""
        self.muted = on

    def ack(self, link: Link, mid: int, reason: int) -> None:
        """Obey one acknowledgement."""
        if link is not self._link or mid not in self._inflight:
            return
        self._progress_ns = self.clock.mono_ns()
        row = self._inflight.pop(mid)
        if row is None:
            self.counters.refused += reason >= FAILURE
            return
        if reason in RETRY or (reason == NO_SUBSCRIBERS and row.kind == EVENT):
            self._hold(row.kind, reason)
        elif reason >= FAILURE:
            self.counters.refused += 1
            self.notice(500, "device.spool.refused", f"broker refused {row.topic} with 0x{reason:02x}")
            self.store.park(row, reason)
        else:
            self.counters.acked += 1
            self._holds[row.kind].next_s = HOLD_S[0]
            self.store.done(row)
        self.counters.no_subscribers += reason == NO_SUBSCRIBERS

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
            if (leaving and self._link is None) or not (self._inflight or self._due or waiting):
                quiet.set()
            elif not given_up.is_set():
                self._timers.append((0, look))

        self.do(look)
        done = quiet.wait(timeout_s)
        given_up.set()
        return done

    def age_ns(self, row: Row) -> int | None:
        """Return how long ago a row was made; None when an unsynchronised clock cannot tell."""
        if row.boot == self.boot:
            return self.clock.mono_ns() - row.mono_ns
        if row.synced and self.clock.synced():
            return self.clock.wall_ns() - row.wall_ns
        return None

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
        full_window = store.undeleted and store.undeleted + len(self._inflight) >= WINDOW
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
        room = WINDOW - len(self._inflight)
        for topic in list(self._due)[:room]:
            self._send(self._due.pop(topic), None)
        room = WINDOW - len(self._inflight) - self.store.undeleted
        room = self._bucket.take(self.clock.mono_ns(), room)
        for row in self._sendable(room):
            self._bucket.tokens -= 1
            self._send(self.to_packet(row), row)

    def _sendable(self, limit: int) -> list[Row]:
        """Return the next rows that neither mute nor hold keeps here."""
        if limit <= 0 or not self.store.rows:
            return []
        now_ns = self.clock.mono_ns()
        classes = (SYSTEM,) if self.muted else CLASSES
        kinds = [kind for kind in classes if self._holds[kind].until_ns <= now_ns]
        busy = {row.key for row in self._inflight.values() if row is not None}
        return self.store.next(kinds, busy, limit)

    def _send(self, packet: Packet, row: Row | None) -> None:
        if self._link is not None and (mid := self._link.publish(packet)) is not None and packet.qos:
            self._inflight[mid] = row

    def _hold(self, kind: int, reason: int) -> None:
        """Pause a class; its rows stay where they are and go out again in order."""
        hold, now_ns = self._holds[kind], self.clock.mono_ns()
        if hold.until_ns > now_ns:
            return
        hold.until_ns = now_ns + int(hold.next_s * 1e9)
        hold.next_s = min(2 * hold.next_s, HOLD_S[1])
        self.notice(300, "device.spool.hold", f"broker answered 0x{reason:02x}, class {kind} pauses")

    def _tidy(self) -> None:
        now_ns = self.clock.mono_ns()
        ripe = [timer for timer in self._timers if timer[0] <= now_ns]
        for timer in ripe:
            self._timers.remove(timer)
            timer[1]()
        if (
            self._inflight
            and now_ns - self._progress_ns > _STUCK_KEEPALIVES * self.keepalive_s * 1_000_000_000
        ):
            self.counters.rebuilt += 1
            self._progress_ns = now_ns
            self.notice(400, "device.session.rebuild", "no acknowledgement for three keep-alives, new client")
            self.session.rebuild()
        if self.store.mode != self._mode:
            self._mode = self.store.mode
            self.notice(400, "device.spool.mode", f"spool in {self._mode} {self.store.trouble}".strip())
        if now_ns - self._tidied_ns < _HOUSEKEEPING_NS:
            return
        self._tidied_ns = now_ns
        if gone := self.store.evict(self._expired):
            self.notice(400, "device.spool.evict", f"{gone} results dropped: spool at its cap of size or age")

    def _expired(self, row: Row) -> bool:
        age_ns = self.age_ns(row)
        return age_ns is not None and age_ns > self.max_age_ns
