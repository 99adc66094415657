"""Progress of long work on stderr: a bar on a terminal, a line now and then otherwise."""

import sys
import time

BAR_N = 30  # characters
TERMINAL_S = 0.1  # between two drawings
LINES_S = 5.0  # between two lines


class Progress:
    """Counts steps of `total` (0: unknown) under a title."""

    def __init__(self, title: str, total: int = 0) -> None:
        self._title, self._total = title, total
        self._terminal = sys.stderr.isatty()
        self._start_s = time.monotonic()
        self._next_s = self._start_s + (0.0 if self._terminal else LINES_S)
        self.done = 0

    @property
    def took_s(self) -> float:
        """Seconds since the first step was waited for."""
        return time.monotonic() - self._start_s

    def step(self, n: int = 1) -> None:
        """Count one or some and draw if it is time."""
        self.done += n
        now_s = time.monotonic()
        if now_s >= self._next_s:
            self._next_s = now_s + (TERMINAL_S if self._terminal else LINES_S)
            self._draw("\r" if self._terminal else "", "" if self._terminal else "\n")

    def close(self) -> None:
        """Finish the bar."""
        if self._terminal and self.done:
            self._draw("\r", "\n")

    def _draw(self, before: str, after: str) -> None:
        share = min(1.0, self.done / self._total) if self._total else 0.0
        bar = "#" * round(BAR_N * share)
        of = f"/{self._total} {share:4.0%}" if self._total else ""
        drawn = f"[{bar:<{BAR_N}}] " if self._terminal and self._total else ""
        sys.stderr.write(f"{before}{self._title}: {drawn}{self.done}{of}{after}")
        sys.stderr.flush()
