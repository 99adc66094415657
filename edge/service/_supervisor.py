"""The watchdog is fed by progress, never by a timer alone: a hang anywhere starves it.

Some standstills are known good states: muted (no camera, so no frames), degraded (the camera is given up,
MQTT is alive), hub down (nothing is acknowledged, the spool still turns).
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from edge.service._notify import Notifier

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Counters that only grow while their part of the service works, and the states that excuse them."""

    loop: int
    """Turns of the pipeline loop; it turns in every state, at least once a second."""
    frames: int
    """Frames delivered by the camera."""
    inferences: int
    """Frames through detection and mesh, whether or not a face was there."""
    correlations: int
    """Steps of the correlator's grid."""
    publishes: int
    """Turns of the spool's own loop, or acknowledged messages while `waiting`."""
    muted: bool = False
    """No camera: frames, inferences and correlations rest."""
    degraded: bool = False
    """The camera is given up for now: the same rest, MQTT goes on."""
    deaf: str = ""
    """Why requests of the building do not arrive; no reason to end the process."""
    troubles: Sequence[str] = ()
    """What else the hub keeps from the device, or refuses it; no reason either."""

    def expected(self) -> dict[str, int]:
        """Return the counters that must advance in the present state."""
        counters = {"loop": self.loop, "publish": self.publishes}
        if not (self.muted or self.degraded):
            counters |= {
                "frame": self.frames,
                "infer": self.inferences,
                "correlator": self.correlations,
            }
        return counters


class Supervisor:
    """Pings the watchdog every `period_s` while no expected counter has rested longer than `patience_s`."""

    def __init__(self, notifier: Notifier, period_s: float = 5.0, patience_s: float = 12.0) -> None:
        self._notifier = notifier
        self._period_s = period_s
        self._patience_s = patience_s
        self._seen: dict[str, tuple[int, float]] = {}
        self._pinged_s: float | None = None
        self._stalled: tuple[str, ...] = ()

    def update(self, now_s: float, progress: Progress) -> tuple[str, ...]:
        """Look at the counters; return what stands still, in which case no ping went out."""
        expected = progress.expected()
        for name, count in expected.items():
            if name not in self._seen or self._seen[name][0] != count:
                self._seen[name] = (count, now_s)
        # A counter that was excused starts afresh when it is expected again.
        self._seen = {name: self._seen[name] for name in expected}
        stalled = tuple(name for name, (_, at_s) in self._seen.items() if now_s - at_s > self._patience_s)
        self._say(stalled)
        if not stalled and (self._pinged_s is None or now_s - self._pinged_s >= self._period_s):
            self._pinged_s = now_s
            self._notifier.ping()
        return stalled

    def _say(self, stalled: tuple[str, ...]) -> None:
        if stalled and stalled != self._stalled:
            _log.error(
                "no progress for %g s: %s; the watchdog is not fed", self._patience_s, ", ".join(stalled)
            )
        elif self._stalled and not stalled:
            _log.warning("progress again: %s", ", ".join(self._stalled))
        self._stalled = stalled
