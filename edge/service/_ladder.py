"""The upper rungs of the camera's recovery ladder: restart the process, then go on without the camera.

`camera` reopens a silent device by itself and raises CameraError when that does not help; what follows
is decided here. Restarts are remembered in the runtime directory, which outlives the process and not the
boot, so a power cycle starts from the first rung.
"""

import logging
from enum import Enum
from pathlib import Path

_log = logging.getLogger(__name__)

MAX_RESTARTS = 5
RESTARTS_WITHIN_S = 600.0
RETRY_S = 60.0
"""Seconds between two tries of the camera while degraded."""


class Step(Enum):
    """What the pipeline is to do after the camera gave up."""

    EXIT = "exit"
    """End the process with a failure; the service manager starts a fresh one."""
    DEGRADE = "degrade"
    """Go on without a camera: MQTT alive, `health` reports it and asks for a power cycle."""


class Ladder:
    """Counts the restarts a camera has cost; `file` remembers them, None forgets them with the process."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._tried_s: float | None = None

    @property
    def degraded(self) -> bool:
        """Whether the camera is given up for now."""
        return self._tried_s is not None

    def gave_up(self, now_s: float) -> Step:
        """Decide what follows a CameraError at this monotonic second."""
        if not self.degraded:
            times = self._times(now_s)
            # A restart that cannot be remembered would be repeated for ever.
            if len(times) < MAX_RESTARTS and self._remember([*times, now_s]):
                _log.error(
                    "the camera gave up: restarting the process (%d of %d)", len(times) + 1, MAX_RESTARTS
                )
                return Step.EXIT
            _log.error(
                "the camera gave up after %d restarts in ten minutes: going on without it; check the cable "
                "and the power supply, then power-cycle the device",
                len(times),
            )
        self._tried_s = now_s
        return Step.DEGRADE

    def give_up(self, now_s: float) -> None:
        """Go on without the camera at once: a restart of the process would not bring it."""
        self._tried_s = now_s

    def retry_due(self, now_s: float) -> bool:
        """Whether a degraded service is to try the camera again now."""
        return self._tried_s is not None and now_s - self._tried_s >= RETRY_S

    def recovered(self) -> None:
        """Note a frame after a retry: back to normal, the restarts stay counted."""
        if self.degraded:
            _log.warning("the camera delivers again")
        self._tried_s = None

    def _times(self, now_s: float) -> list[float]:
        """Return the restarts of the last ten minutes; an unreadable history is an empty one."""
        try:
            times = [float(line) for line in self._file.read_text().split()] if self._file else []
        except (OSError, ValueError):
            return []
        return [time_s for time_s in times if 0 <= now_s - time_s <= RESTARTS_WITHIN_S]

    def _remember(self, times: list[float]) -> bool:
        if self._file is None:
            return False
        try:
            self._file.write_text("".join(f"{time_s:.3f}\n" for time_s in times))
        except OSError as error:
            _log.warning("the restart history cannot be kept: %s", error.strerror)
            return False
        return True
