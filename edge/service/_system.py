"""The board's own state: temperature, throttling, memory, disk, clock jumps; and how hot boards slow down.

Everything is read from /sys, /run and the unit's cgroup, because the hardened unit sees nothing of /proc but
itself. What cannot be read is None.
"""

import logging
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_log = logging.getLogger(__name__)

HOT_C = 80.0
"""Pi 4 and 5 begin to throttle at 80 to 85 degrees."""
VERY_HOT_C = 84.0
COOL_C = 74.0
DISK_LOW = 0.05
MEMORY_HIGH = 0.90
CLOCK_JUMP_S = 1.0
THROTTLED_NOW = 0xF
"""Bits of get_throttled: under-voltage, frequency cap, throttled, soft temperature limit, right now."""

Trouble = Literal["hot", "throttled", "memory", "disk", "clock_jump"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemHealth:
    """What the health message holds under `sys`, and the trouble in it."""

    temp_c: float | None
    """Hottest thermal zone, degrees Celsius."""
    throttled: int | None
    """Raspberry Pi's get_throttled bits; None on other boards."""
    mem_free_mb: float | None
    """Memory that can be had without swapping, MB."""
    rss_mb: float | None
    """Resident memory of this process, MB."""
    disk_free_mb: float | None
    """Free space where the state is kept, MB."""
    disk_share: float | None
    """Free share of that disk, 0..1."""
    troubles: tuple[Trouble, ...]
    """Documented states that hold now (in a health message: since the one before)."""


class SystemProbe:
    """Reads the board; `root` is / and another folder in tests."""

    def __init__(self, state_dir: Path | str, root: Path | str = "/") -> None:
        self._state_dir = Path(state_dir)
        self._root = Path(root)
        self._offset_s: float | None = None
        self._troubles: tuple[Trouble, ...] = ()

    def read(self, now_s: float, wall_s: float) -> SystemHealth:
        """Look at everything once; `now_s` is monotonic, `wall_s` the wall clock at the same moment."""
        temp_c, throttled = self._temp_c(), self._throttled()
        share, (disk_free, disk_share) = self._memory_share(), self._disk()
        checks: dict[Trouble, bool] = {
            "hot": temp_c is not None and temp_c >= HOT_C,
            "throttled": throttled is not None and bool(throttled & THROTTLED_NOW),
            "memory": share is not None and share >= MEMORY_HIGH,
            "disk": disk_share is not None and disk_share < DISK_LOW,
            "clock_jump": self._jumped(now_s, wall_s),
        }
        troubles = tuple(name for name, holds in checks.items() if holds)
        self._say(troubles)
        return SystemHealth(
            temp_c=temp_c,
            throttled=throttled,
            mem_free_mb=self._mem_free_mb(),
            rss_mb=self._rss_mb(),
            disk_free_mb=disk_free,
            disk_share=disk_share,
            troubles=troubles,
        )

    def _say(self, troubles: tuple[Trouble, ...]) -> None:
        for name in sorted(set(troubles) - set(self._troubles)):
            _log.warning("the board is in trouble: %s", name)
        for name in sorted(set(self._troubles) - set(troubles)):
            _log.info("the board recovered: %s", name)
        self._troubles = troubles

    def _text(self, path: str | Path) -> str:
        try:
            return (self._root / path).read_text().strip()
        except (OSError, ValueError):
            return ""

    def _temp_c(self) -> float | None:
        zones = sorted((self._root / "sys/class/thermal").glob("thermal_zone*/temp"))
        found = [_number(self._text(zone.relative_to(self._root))) for zone in zones]
        temps = [value / 1000 for value in found if value is not None and value > 0]
        return max(temps, default=None)

    def _throttled(self) -> int | None:
        text = self._text("sys/devices/platform/soc/soc:firmware/get_throttled")
        try:
            return int(text, 16) if text else None
        except ValueError:
            return None

    def _mem_free_mb(self) -> float | None:
        """MemAvailable; where /proc is hidden the free pages alone, which is on the safe side."""
        fields = dict(line.split(":", 1) for line in self._text("proc/meminfo").splitlines() if ":" in line)
        available = _number(fields.get("MemAvailable", "").removesuffix("kB"))
        if available is not None:
            return available * 1024 / 1e6
        if self._root != Path("/"):
            return None
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _rss_mb(self) -> float | None:
        fields = self._text("proc/self/statm").split()
        pages = _number(fields[1]) if len(fields) > 1 else None
        return None if pages is None else pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _memory_share(self) -> float | None:
        """Memory of the unit over its limit, 0..1; None without a limit."""
        group = self._text("proc/self/cgroup").rpartition("::")[2].lstrip("/")
        folder = Path("sys/fs/cgroup") / group
        used = _number(self._text(folder / "memory.current"))
        limit = _number(self._text(folder / "memory.max"))
        return used / limit if used is not None and limit else None

    def _disk(self) -> tuple[float | None, float | None]:
        try:
            usage = shutil.disk_usage(self._state_dir)
        except OSError:
            return None, None
        return usage.free / 1e6, usage.free / usage.total if usage.total else None

    def _jumped(self, now_s: float, wall_s: float) -> bool:
        """Whether the wall clock has moved against the monotonic one since the last look."""
        offset_s, before_s = wall_s - now_s, self._offset_s
        self._offset_s = offset_s
        return before_s is not None and abs(offset_s - before_s) >= CLOCK_JUMP_S


class Governor:
    """A board that is too hot drops frames first: every second, then two of three, until it has cooled."""

    def __init__(self) -> None:
        self.every_n = 1
        """Process every n-th frame."""

    def update(self, health: SystemHealth) -> int:
        """Return how many frames to a processed one, with hysteresis between hot and cool."""
        temp_c = health.temp_c
        before = self.every_n
        if temp_c is None:
            self.every_n = 1
        elif temp_c >= VERY_HOT_C:
            self.every_n = 3
        elif temp_c >= HOT_C:
            self.every_n = max(2, before)
        elif temp_c < COOL_C:
            self.every_n = 1
        if self.every_n != before:
            _log.warning("%.0f degrees: processing one frame of %d", temp_c or 0.0, self.every_n)
        return self.every_n


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
