"""Timestamps of a recording made usable: strictly ascending, from 0, every repair counted."""

NS_PER_S = 1_000_000_000
MAX_STEP_NS = 24 * 3600 * NS_PER_S  # a longer jump between two pictures is a broken stamp, not a pause


class Timeline:
    """Turns the stamps of a container into sensor time, ns since the first picture.

    A good stamp passes unchanged. A missing one continues at the nominal period. One that steps back (a
    splice, a restarted encoder) continues with the recording's own spacing until the stamps have caught up.
    """

    def __init__(self, *, period_ns: int) -> None:
        self.repaired = 0
        """Stamps replaced so far."""
        self._period_ns = max(1, period_ns)
        self._origin_ns: int | None = None
        self._raw_ns: int | None = None
        self._last_ns: int | None = None

    def update(self, raw_ns: int | None) -> int:
        """Sensor time of the next picture, ns, for its stamp in the container (None: it has none)."""
        raw_before, self._raw_ns = self._raw_ns, raw_ns
        if self._last_ns is None:
            self._origin_ns = raw_ns
            self.repaired += raw_ns is None
            self._last_ns = 0
            return 0
        if self._origin_ns is None and raw_ns is not None:
            self._origin_ns = raw_ns - self._last_ns - self._period_ns
        t_ns = None if raw_ns is None or self._origin_ns is None else raw_ns - self._origin_ns
        if t_ns is None or not 0 < t_ns - self._last_ns <= MAX_STEP_NS:
            self.repaired += 1
            step_ns = self._period_ns if raw_ns is None or raw_before is None else raw_ns - raw_before
            t_ns = self._last_ns + (step_ns if 0 < step_ns <= MAX_STEP_NS else self._period_ns)
        self._last_ns = t_ns
        return t_ns
