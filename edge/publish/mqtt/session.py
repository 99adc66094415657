"""The connection to the broker, for ever: attempts, back-off with jitter, the choice of protocol."""

import logging
import threading
from collections.abc import Callable
from random import SystemRandom

from edge.errors import PublishError
from edge.publish.mqtt.client import V5, V311
from edge.publish.mqtt.link import Account, CaughtUp, Link, News, Outcome, Request, Up
from edge.publish.notices import Note

_log = logging.getLogger(__name__)

TAKEN_OVER = 0x8E
_FIRST_DELAY_S = 1.0
_MAX_DELAY_S = 120.0
_TAKEN_OVER_DELAY_S = 60.0  # two devices of one name must not throw each other out all the time
_TWIN_N = 3  # short connections in a row: Mosquitto says no reason when a twin takes over
_TWIN = (
    "another device throws {0} out: each needs a publish.device_id of its own, or, where one disk was copied "
    "to both, a new /etc/machine-id"
)
_ALONE_S = 300.0  # a connection that lasted this long had no twin
_STABLE_S = 10.0  # a connection that lasted this long was a good one


class Session:
    """Keeps one link open, on a thread of its own; what a link reports is passed on on paho's thread."""

    def __init__(
        self,
        account: Account,
        news: Callable[[News], None],
        requests: Callable[[Request | CaughtUp], None],
        mono_ns: Callable[[], int],
        note: Note,
    ) -> None:
        self._account, self._news, self._requests = account, news, requests
        self._mono_ns, self._note = mono_ns, note
        self._stop = threading.Event()
        self._random = SystemRandom()
        self._current: Link | None = None
        self._v5, self._refuses_v5 = True, False
        self._short = 0
        self.link: Link | None = None
        """The link that is connected."""
        self.connects = 0
        self.attempts = 0
        """Attempts in a row that gave no lasting connection."""
        self.delay_s = 0.0
        """The last rest before an attempt."""
        self.reason = ""
        """The last change of state in words."""
        self.twin = ""
        """That another device of this id throws this one out, and the remedy; empty once that is over."""
        self._thread = threading.Thread(target=self._run, name="mqtt-session", daemon=True)

    def start(self) -> None:
        """Begin to connect; returns at once, with or without a network."""
        self._thread.start()

    def rebuild(self) -> None:
        """Let the present link go; a new client takes over."""
        if self._current is not None:
            self._current.abandon("the connection did not work any more")

    def close(self) -> None:
        """Say goodbye and stop; idempotent."""
        self._stop.set()
        if self._current is not None:
            self._current.close()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stop.is_set():
            outcome, lasted_s = self._try()
            if self._stop.is_set():
                return
            if self._v5 and outcome.older:
                self._v5 = False  # at once: an older broker says no, or just hangs up
                self._refuses_v5 |= outcome.greeted
                continue
            self._v5 = not self._refuses_v5
            self._rest(outcome, lasted_s)

    def _try(self) -> tuple[Outcome, float]:
        """Make one attempt and live through it; return how it ended and how long it was connected."""
        began_ns = self._mono_ns()
        outcome = Outcome()
        try:
            protocol = V5 if self._v5 else V311
            link = self._current = Link(self._account, protocol, self._hear, self._requests)
            outcome = link.outcome
            link.open()
            link.wait()
            link.abandon()
        except PublishError as error:
            outcome.reason = str(error)
        except Exception as error:  # noqa: BLE001  a defect here must not keep the device away for ever
            _log.exception("connection attempt failed")
            outcome.reason = type(error).__name__
        finally:
            self.link = None
        return outcome, (self._mono_ns() - began_ns) / 1e9 if outcome.connected else 0.0

    def _hear(self, news: News) -> None:
        """Note that a link is connected before the news goes on; on paho's thread."""
        if isinstance(news, Up):
            self._connected(news.link)
        self._news(news)

    def _connected(self, link: Link) -> None:
        self.link = link
        self.connects += 1
        self._say(200, "device.session.up", f"connected to the broker, MQTT {_NAMES[link.protocol]}")
        if self.connects > 1 and not link.outcome.session_present:
            text = "the broker lost its memory, everything goes out again"
            self._note(300, "device.session.forgotten", text)

    def _rest(self, outcome: Outcome, lasted_s: float) -> None:
        """Say why the connection is gone and wait before the next attempt."""
        stable = lasted_s >= _STABLE_S or outcome.let_go
        self.twin = self.twin if lasted_s < _ALONE_S else ""
        self.attempts = 0 if stable else self.attempts + 1
        self._short = self._short + 1 if outcome.connected and not stable else 0
        if outcome.code == TAKEN_OVER or self._short >= _TWIN_N:
            self._short = 0
            self.twin = _TWIN.format(self._account.client_id)
            self._say(500, "device.session.taken_over", self.twin)
            self.delay_s = self._random.uniform(_TAKEN_OVER_DELAY_S, _MAX_DELAY_S)
        else:
            self._say(400, "device.session.lost", f"not connected: {outcome.reason}")
            ceiling = min(_FIRST_DELAY_S * 2 ** min(self.attempts, 10), _MAX_DELAY_S)
            self.delay_s = self._random.uniform(ceiling / 2, ceiling)
        self._stop.wait(self.delay_s)

    def _say(self, level: int, category: str, reason: str) -> None:
        """Note a change; the same reason again stays silent."""
        if reason != self.reason:
            self.reason = reason
            self._note(level, category, reason)


_NAMES = {V5: "5", V311: "3.1.1"}
