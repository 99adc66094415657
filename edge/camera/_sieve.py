"""Which pictures of a live device are news: no duplicates, no late ones, no frozen ones; gaps are counted."""

from edge.camera._source import Shot

GAP_PERIODS = 1.5  # a longer distance between two pictures means that some are missing


class Sieve:
    """Judges each shot against the one before; time is data, from the sensor."""

    def __init__(self, *, period_ns: int) -> None:
        self.dropped = 0
        """Pictures missing between delivered ones, from the gaps in sensor time."""
        self.duplicate = 0
        """Shots with the time of one already seen."""
        self.late = 0
        """Shots older than one already seen."""
        self.repeated = 0
        """Shots with a new time and exactly the old picture: sensor noise makes that impossible in a live
        camera unless the picture is of one value (a covered lens)."""
        self._period_ns = period_ns
        self._last: Shot | None = None
        self._seen_ns = -1

    def accepts(self, shot: Shot) -> bool:
        """Whether the shot is a new picture; counts what it refuses and what is missing before it."""
        if self._last is None:
            self._last, self._seen_ns = shot, shot.t_ns
            return True
        if shot.t_ns <= self._seen_ns:
            self.duplicate += shot.t_ns == self._seen_ns
            self.late += shot.t_ns < self._seen_ns
            return False
        self._seen_ns = shot.t_ns
        if shot.print_ == self._last.print_ and not shot.flat:
            self.repeated += 1
            return False
        gap_ns, period_ns = shot.t_ns - self._last.t_ns, shot.period_ns or self._period_ns
        if gap_ns > GAP_PERIODS * period_ns:
            self.dropped += round(gap_ns / period_ns) - 1
        self._last = shot
        return True
