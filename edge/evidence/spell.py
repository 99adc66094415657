"""When something is under way: entered on strong evidence, left when the newest looks turn against it."""

import math

from edge.evidence.fading import GONE, Fading, Tally

DROP = math.log(20.0)  # odds by which the newest looks must speak for an end (ours)
QUIET_NS = 300_000_000_000  # without support, where nothing was asked that might have been answered (ours)
MISSED = 4.0  # or supporting looks that are missing in a row at the rate of this spell, chance e^-4 (ours)


class Spell:
    """One subject's way in and out, read from its restarting detector; start and end are times of behaviour.

    It begins where the detector last rose from its lowest point and ends where the detector was highest: both
    are the most likely times of the change, not the times at which it was noticed. Where it is known what
    might have been answered, missing answers end it (`Fading`), or five minutes without support; elsewhere a
    fall of the detector does, or support that stays away.
    """

    def __init__(self, gone: float = GONE) -> None:
        self.span_ns: tuple[int, int] | None = None
        """Start and newest support of what is under way; None when nothing is."""
        self._base = self._top = self._last = 0.0
        self._low_ns = self._risen_ns = self._rises = 0
        self._fading = Fading(gone)

    def update(
        self, log_now: float, since_ns: int, end_ns: int, enter: float, tally: Tally | None = None
    ) -> None:
        """Take ln D after a look that ended at `end_ns`, and all answers; at ln D = `enter` it begins."""
        if log_now > self._last:
            self._risen_ns, self._rises = end_ns, self._rises + 1
        self._last = log_now
        if self.span_ns is None:
            self._fading.wait(tally or Tally(), end_ns)
            self._wait(log_now, since_ns, end_ns, enter)
        else:
            self._go_on(self.span_ns, log_now, end_ns, tally)

    def _wait(self, log_now: float, since_ns: int, end_ns: int, enter: float) -> None:
        if log_now <= max(self._base, 0.0):
            self._base, self._low_ns, self._rises = max(log_now, 0.0), end_ns, 0
        if log_now - self._base >= enter:
            self.span_ns = (max(since_ns, self._low_ns), end_ns)
            self._top = log_now

    def _go_on(self, span_ns: tuple[int, int], log_now: float, end_ns: int, tally: Tally | None) -> None:
        if log_now > self._top:
            self._top, self.span_ns = log_now, (span_ns[0], end_ns)
        if tally is None:
            ended = self._fades(span_ns[0], log_now, end_ns)
        else:
            ended = self._fading.ended(tally, end_ns) or end_ns - self._risen_ns >= QUIET_NS
        if ended:
            self.span_ns, self._base, self._low_ns = None, log_now, end_ns

    def _fades(self, start_ns: int, log_now: float, end_ns: int) -> bool:
        """Whether the detector has fallen, or supports are missing at the rate at which they came."""
        rate = self._rises / max(1, self._risen_ns - start_ns)
        return self._top - log_now >= DROP or (end_ns - self._risen_ns) * rate >= MISSED
