"""The roll-up of a minute from the live values of its hops."""

from collections import Counter
from statistics import fmean, median

from edge.plain import Json

_LAST = ("null", "p", "evidence", "n", "coverage", "confidence", "state")


class Rollup:
    """Collects hops for `summary_s` and returns one summary; sensor time decides."""

    def __init__(self, summary_s: float) -> None:
        self.summary_s = summary_s
        self._hops: list[Json] = []
        self._begin_s: float | None = None

    def update(self, t_s: float, hop: Json) -> Json | None:
        """Take the content of one hop; return the summary when its time is over."""
        if self._begin_s is None:
            self._begin_s = t_s
        self._hops.append(hop)
        if t_s - self._begin_s < self.summary_s:
            return None
        summary = self._summary(t_s)
        self._hops, self._begin_s = [], t_s
        return summary

    def finish(self, t_s: float) -> Json | None:
        """Return the summary of the hops since the last one, its time over or not; None without any."""
        summary = self._summary(t_s) if self._hops else None
        self.wipe()
        return summary

    def wipe(self) -> None:
        """Drop the hops of this minute (mute)."""
        self._hops.clear()
        self._begin_s = None

    def _summary(self, t_s: float) -> Json:
        counts = [hop["count"] for hop in self._hops]
        values = [hop["index"] for hop in self._hops if hop["index"] is not None]
        last = self._hops[-1]
        summary = {
            "t_s": round(t_s, 3),
            "window_s": round(t_s - (self._begin_s or 0.0), 3),
            "people": int(median(counts)),
            "people_max": max(counts),
            "index": round(fmean(values), 4) if values else None,
            "measurable": round(len(values) / len(self._hops), 4),
            "states": dict(Counter(hop["state"] for hop in self._hops)),
        }
        summary |= {name: last[name] for name in _LAST}
        for name in ("reason", "active_pairs", "missing", "measures", "pairs", "seen", "lag_profiles"):
            if name in last:
                summary[name] = last[name]
        return summary
