"""The connection to the broker, for ever: attempts, back-off with jitter, the choice of protocol."""

import logging
import threading
from collections.abc import Callable
from random import SystemRandom

from edge.errors import PublishError
from edge.publish.mqtt.link import TAKEN_OVER, UNSUPPORTED_VERSION, V5, V311, Link, Outcome, Protocol

_log = logging.getLogger(__name__)

_FIRST_DELAY_S = 1.0
_MAX_DELAY_S = 120.0
_TAKEN_OVER_DELAY_S = 60.0  # two devices of one name must not throw each other out all the time
_TWIN_N = 3  # short connections in a row: Mosquitto says no reason when a twin takes over
_STABLE_S = 10.0  # a connection that lasted so long was a good one


class Session:
    """Keeps one link open; `link` is the connected one or None. `notice` hears every change of state."""

    def __init__(
        self,
        make_link: Callable[[Protocol], Link],
        mono_ns: Callable[[], int],
        notice: Callable[[int, str, str], None],
    ) -> None:
        self._make_link, self._mono_ns, self._notice = make_link, mono_ns, notice
        self._stop = threading.Event()
        self._random = SystemRandom()
        self._current: Link | None = None
        self._reason = ""
        self._refuses_v5 = False
        self._attempt = self._short = 0
        self.link: Link | None = None
        self.connects = 0
        self.delay_s = 0.0
        self._thread = threading.Thread(target=self._run, name="mqtt-session", daemon=True)

    def start(self) -> None:
        """Begin to connect; returns at once, with or without a network."""
        self._thread.start()

    def up(self, link: Link) -> None:
        """Note that the link is connected."""
        self.link = link
        self.connects += 1
        version = "5" if link.protocol == V5 else "3.1.1"
        self._say(200, "", f"connected to the broker, MQTT {version}")

    def rebuild(self) -> None:
        """Let the present link go; a new client takes over."""
        if self._current is not None:
            self._current.abandon()

    def close(self) -> None:
        """Say goodbye and stop; idempotent."""
        self._stop.set()
        if self._current is not None:
            self._current.close()
        if self._thread.is_alive():
            self._thread.join(timeout=10)

    def _run(self) -> None:
        v5 = True
        while not self._stop.is_set():
            outcome, lasted_s = self._try(v5=v5)
            if self._stop.is_set():
                return
            version_refused = (
                outcome.code == UNSUPPORTED_VERSION and outcome.greeted and not outcome.connected
            )
            self._refuses_v5 |= version_refused and v5
            if v5 and not outcome.connected and (version_refused or outcome.hung_up):
                v5 = False  # at once: an older broker says no, or just hangs up
                continue
            v5 = not self._refuses_v5
            self._attempt = 0 if lasted_s >= _STABLE_S else self._attempt + 1
            self._short = self._short + 1 if outcome.connected and lasted_s < _STABLE_S else 0
            twin = outcome.code == TAKEN_OVER or self._short >= _TWIN_N
            self._tell(outcome, twin=twin)
            self.delay_s = self._delay_s(twin=twin)
            self._stop.wait(self.delay_s)

    def _try(self, *, v5: bool) -> tuple[Outcome, float]:
        """Make one attempt and live through it; return how it ended and how long it was connected."""
        began_ns = self._mono_ns()
        outcome = Outcome()
        try:
            link = self._current = self._make_link(V5 if v5 else V311)
            outcome = link.outcome
            link.open()
            outcome.hung_up = True
            link.wait()
            outcome.hung_up = not outcome.greeted
            link.abandon()
        except PublishError as error:
            outcome.reason = str(error)
        except Exception as error:  # noqa: BLE001  a defect here must not keep the device away for ever
            _log.exception("connection attempt failed")
            outcome.reason = type(error).__name__
        finally:
            self.link = None
        return outcome, (self._mono_ns() - began_ns) / 1e9 if outcome.connected else 0.0

    def _tell(self, outcome: Outcome, *, twin: bool) -> None:
        if twin:
            self._short = 0
            reason = "expected to be the only client of this id, got thrown out again: is there a twin?"
            self._say(500, "device.session.taken_over", reason)
        else:
            self._say(400, "device.session.lost", f"not connected: {outcome.reason}")

    def _say(self, level: int, category: str, reason: str) -> None:
        """Note a change; the same reason again stays silent."""
        if reason != self._reason:
            self._reason = reason
            self._notice(level, category or "device.session.up", reason)

    def _delay_s(self, *, twin: bool) -> float:
        if twin:
            return self._random.uniform(_TAKEN_OVER_DELAY_S, _MAX_DELAY_S)
        ceiling = min(_FIRST_DELAY_S * 2 ** min(self._attempt, 10), _MAX_DELAY_S)
        return self._random.uniform(ceiling / 2, ceiling)
