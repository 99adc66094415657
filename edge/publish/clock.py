"""The two clocks of the publisher: the wall for stamps, the monotonic one for every interval and age."""

import ctypes
import time
from datetime import UTC, datetime
from typing import Protocol

_TIME_ERROR = 5  # adjtimex(2): the kernel clock is not synchronised
_TIMEX_BYTES = 512  # more than struct timex on every ABI; zeroed `modes` reads only


class Clock(Protocol):
    """What the publisher asks of time; tests pass their own."""

    def wall_ns(self) -> int:
        """Return UTC, ns since 1970."""

    def mono_ns(self) -> int:
        """Return monotonic time, ns."""

    def synced(self) -> bool:
        """Return whether the wall clock follows a time source."""


class SystemClock:
    """The kernel's clocks."""

    def wall_ns(self) -> int:
        """Return UTC, ns since 1970."""
        return time.time_ns()

    def mono_ns(self) -> int:
        """Return monotonic time, ns."""
        return time.monotonic_ns()

    def synced(self) -> bool:
        """Return whether the kernel says that its clock is synchronised."""
        try:
            libc = ctypes.CDLL(None)
            return bool(libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)) not in (-1, _TIME_ERROR))
        except (OSError, AttributeError):
            return False


def rfc3339(wall_ns: int) -> str:
    """Return UTC in RFC 3339 with milliseconds and `Z`."""
    stamp = datetime.fromtimestamp(wall_ns // 1_000_000_000, UTC)
    return f"{stamp:%Y-%m-%dT%H:%M:%S}.{wall_ns // 1_000_000 % 1000:03d}Z"
