"""The recovery ladder of a camera that went silent: wait, reopen, restart the process, go on without it.

The ladder only decides; the pipeline acts. Restarts are remembered in the runtime directory, which outlives
the process and not the boot, so a power cycle starts from the first rung.
"""

import logging
import threading
from collections.abc import Callable
from enum import Enum
from pathlib import Path

_log = logging.getLogger(__name__)

MAX_REOPENS = 3
MAX_RESTARTS = 5
RESTARTS_WITHIN_S = 600.0
DEGRADED_RETRY_S = 60.0
CLOSE_DEADLINE_S = 3.0
"""A close that takes longer hangs; the camera object is then abandoned."""


class Step(Enum):
    """What the pipeline is to do now."""

    WAIT = "wait"
    REOPEN = "reopen"
    """Close the camera under a deadline and open it again."""
    EXIT = "exit"
    """End the process; the service manager starts a fresh one."""
    DEGRADE = "degrade"
    """Go on without a camera: MQTT alive, `health` says so, a power cycle is asked for."""


class History:
    """When the process ended itself because of the camera: one monotonic second a line."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def recent(self, now_s: float) -> int:
        """Count the exits of the last ten minutes; an unreadable history is an empty one."""
        return len(self._times(now_s))

    def add(self, now_s: float) -> None:
        """Remember one more exit."""
        if self._file is None:
            return
        times = [*self._times(now_s), now_s]
        try:
            self._file.write_text("".join(f"{time_s:.3f}\n" for time_s in times))
        except OSError as error:
            _log.warning("the restart history cannot be kept: %s", error.strerror)

    def _times(self, now_s: float) -> list[float]:
        try:
            lines = [] if self._file is None else self._file.read_text().split()
            times = [float(line) for line in lines]
        except (OSError, ValueError):
            return []
        return [time_s for time_s in times if 0 <= now_s - time_s <= RESTARTS_WITHIN_S]


class Ladder:
    """Climbs from one rung to the next while no frame comes; one good frame steps down to the floor."""

    def __init__(self, timeout_s: float, history: History) -> None:
        self._timeout_s = timeout_s
        self._history = history
        self._since_s: float | None = None
        self.reopens = 0
        """Reopenings since the last good frame."""
        self.restarts = 0
        """Reopenings since the start, as `health.camera.restarts` tells."""
        self.degraded = False
        """Whether the camera is given up for now."""

    def start(self, now_s: float) -> None:
        """Begin to wait for a frame: after opening, after a mute was lifted."""
        self._since_s = now_s

    def rest(self) -> None:
        """Expect no frames: muted."""
        self._since_s, self.reopens, self.degraded = None, 0, False

    def frame(self, now_s: float) -> None:
        """Note a fresh frame."""
        if self.reopens or self.degraded:
            _log.warning("the camera delivers again after %d reopenings", self.reopens)
        self._since_s, self.reopens, self.degraded = now_s, 0, False

    def failed(self, now_s: float) -> None:
        """Note that opening failed: the next rung comes at the next update, not after the timeout."""
        self._since_s = now_s - self._timeout_s

    def update(self, now_s: float) -> Step:
        """Decide; each step other than WAIT is given once."""
        patience_s = DEGRADED_RETRY_S if self.degraded else self._timeout_s
        if self._since_s is None or now_s - self._since_s < patience_s:
            return Step.WAIT
        if self.degraded or self.reopens < MAX_REOPENS:
            return self._reopen(now_s)
        if self._history.recent(now_s) < MAX_RESTARTS:
            _log.error("no frame after %d reopenings; restarting the process", self.reopens)
            self._history.add(now_s)
            return Step.EXIT
        _log.error(
            "no frame after %d restarts in ten minutes: going on without the camera; check the cable and the "
            "power supply, then power-cycle the device",
            MAX_RESTARTS,
        )
        self.degraded, self._since_s = True, now_s
        return Step.DEGRADE

    def _reopen(self, now_s: float) -> Step:
        if not self.degraded:
            _log.warning("no frame for %g s: reopening the camera", self._timeout_s)
        self.reopens += 1
        self.restarts += 1
        self._since_s = now_s
        return Step.REOPEN


def within(seconds: float, call: Callable[[], object]) -> bool:
    """Run a call that may hang in a thread of its own; return whether it came back in time without error."""
    errors: list[Exception] = []

    def guarded() -> None:
        try:
            call()
        except Exception as error:  # noqa: BLE001 - a foreign driver may raise anything on close
            errors.append(error)

    thread = threading.Thread(target=guarded, name="within", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        _log.error("a call hung for %g s and was abandoned", seconds)
    for error in errors:
        _log.warning("a call failed: %s: %s", type(error).__name__, error)
    return not thread.is_alive() and not errors
