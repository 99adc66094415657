"""Entries about the device itself: each kind at most once a minute, the rest counted."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from edge.plain import printable

_log = logging.getLogger(__name__)

_QUIET_NS = 60_000_000_000
_MAX_TEXT = 300

Note = Callable[[int, str, str], None]
"""Takes the level, category and text of an entry, from any thread."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One entry."""

    level: int
    """UDMI level 100..800."""
    category: str
    text: str


@dataclass(slots=True)
class Notices:
    """Logs an entry and passes it on, unless one of its category came within the last minute."""

    mono_ns: Callable[[], int]
    publish: Callable[[Notice], None]
    _last_ns: dict[str, int] = field(default_factory=dict)
    _silent: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, level: int, category: str, text: str) -> None:
        """Take one entry, from any thread."""
        with self._lock:
            now_ns = self.mono_ns()
            if category in self._last_ns and now_ns - self._last_ns[category] < _QUIET_NS:
                self._silent[category] = self._silent.get(category, 0) + 1
                return
            self._last_ns[category] = now_ns
            silent = self._silent.pop(category, 0)
        text = f"{text} ({silent} more since)" if silent else text
        text = printable(text[:_MAX_TEXT])
        _log.log(logging.INFO if level < 400 else logging.WARNING, "%s: %s", category, text)
        self.publish(Notice(level, category, text))
