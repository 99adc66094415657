"""The two clocks of the publisher: the wall for stamps, the monotonic one for every interval and age."""

import ctypes
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

_LIBC = ctypes.CDLL(None)
_TIME_ERROR = 5  # adjtimex(2): the kernel clock is not synchronised
_TIMEX_BYTES = 512  # more than struct timex on every ABI; zeroed `modes` reads only
_FLAG = "run/systemd/timesync/synchronized"


class Clock(Protocol):
    """What the publisher asks of time; tests pass their own."""

    def wall_ns(self) -> int:
        """Return UTC, ns since 1970."""

    def mono_ns(self) -> int:
        """Return monotonic time, ns."""

    def synced(self) -> bool:
        """Return whether the wall clock follows a time source."""


class SystemClock:
    """The kernel's clocks; `root` is / and another folder in tests."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._in_place, self._flag = root == Path("/"), root / _FLAG

    def wall_ns(self) -> int:
        """Return UTC, ns since 1970."""
        return time.time_ns()

    def mono_ns(self) -> int:
        """Return monotonic time, ns."""
        return time.monotonic_ns()

    def synced(self) -> bool:
        """Ask the time daemon's flag and, where the unit's sandbox allows it, the kernel."""
        if self._flag.exists():
            return True
        timex = ctypes.create_string_buffer(_TIMEX_BYTES)
        return self._in_place and _LIBC.adjtimex(timex) not in {-1, _TIME_ERROR}


def rfc3339(wall_ns: int) -> str:
    """Return UTC in RFC 3339 with milliseconds and `Z`."""
    stamp = datetime.fromtimestamp(wall_ns // 1_000_000_000, UTC)
    return f"{stamp:%Y-%m-%dT%H:%M:%S}.{wall_ns // 1_000_000 % 1000:03d}Z"
