"""Clocks that a test sets or stops."""

import threading
import time
from contextlib import contextmanager


class SetClock:
    """Stands still until the test lets time pass."""

    def __init__(self, wall_ns=1_800_000_000_000_000_000, *, synced=True):
        self.wall, self.mono, self.is_synced = wall_ns, 1_000_000_000, synced

    def wall_ns(self):
        """Return UTC as the clock believes it."""
        return self.wall

    def mono_ns(self):
        """Return monotonic time."""
        return self.mono

    def synced(self):
        """Return whether it was set."""
        return self.is_synced

    def step(self, seconds):
        """Let time pass."""
        self.wall += int(seconds * 1e9)
        self.mono += int(seconds * 1e9)


class GatedClock:
    """The machine's clock, which makes one thread wait while it is closed."""

    def __init__(self, thread):
        self._thread, self._open, self._waits = thread, threading.Event(), threading.Event()
        self._open.set()

    def wall_ns(self):
        """Return UTC."""
        return time.time_ns()

    def mono_ns(self):
        """Return monotonic time, to the one thread only while the clock is open."""
        if threading.current_thread().name == self._thread and not self._open.is_set():
            self._waits.set()
            self._open.wait()
        return time.monotonic_ns()

    def synced(self):
        """Return that it is right."""
        return True

    @contextmanager
    def closed(self):
        """Keep the thread waiting meanwhile."""
        self._open.clear()
        assert self._waits.wait(60)
        yield
        self._open.set()
