"""The board under the service: watched to slow down in time, and reported in the health message."""

import time
from dataclasses import replace
from pathlib import Path

from edge.service import Governor, SystemHealth, SystemProbe, Trouble

LOOK_S = 10.0  # also when health is published less often


class Board:
    """Temperature, memory, disk and clock; of `governor` frames one is processed."""

    def __init__(self, state_dir: Path) -> None:
        self.governor = Governor()
        self._probe = SystemProbe(state_dir)
        self._troubles: set[Trouble] = set()
        self._looked_s = float("-inf")

    def watch(self, now_s: float) -> None:
        """Look when it is time; `now_s` is monotonic."""
        if now_s - self._looked_s >= LOOK_S:
            self._look(now_s)

    def tell(self, now_s: float) -> SystemHealth:
        """Look now; the troubles are those of every look since the last telling."""
        system = self._look(now_s)
        troubles, self._troubles = tuple(sorted(self._troubles)), set()
        return replace(system, troubles=troubles)

    def _look(self, now_s: float) -> SystemHealth:
        self._looked_s = now_s
        system = self._probe.read(now_s, time.time())
        self.governor.update(system)
        self._troubles.update(system.troubles)
        return system
