"""How much of everybody's time was measurable lately, and why the rest was not."""

from collections import deque
from collections.abc import Iterable
from typing import get_args

import numpy as np

from edge.arrays import Floats, overwrite
from edge.missing import Missing, Seen
from edge.records import Expression

BIN_S = 10.0  # time is forgotten in pieces of this length
GONE_S = 60.0  # who was not seen for longer is forgotten (as the measures do)
LONGEST_STEP_S = 1.0  # what is missing between two frames farther apart is the camera's time, nobody's
REASONS: tuple[str, ...] = get_args(Missing)
_COLUMN: dict[str | None, int] = {reason: k for k, reason in enumerate((*REASONS, None))}


class Visibility:
    """Adds up each person's time by reason over the last `horizon_s`."""

    def __init__(self, horizon_s: float) -> None:
        self._bins_n = max(1, round(horizon_s / BIN_S))
        self._people: dict[int, deque[Floats]] = {}
        self._seen_ns: dict[int, int] = {}
        self._last_ns: int | None = None

    def update(self, expressions: Iterable[Expression], t_ns: int, *, dark: bool = False) -> None:
        """Take the signals of one frame; in the dark, who is not seen is not seen for want of light."""
        if self._last_ns is not None and t_ns < self._last_ns:  # the recording began again
            self.wipe()
        last_ns, self._last_ns = t_ns if self._last_ns is None else self._last_ns, t_ns
        self._turn_bins(int(t_ns * 1e-9 // BIN_S - last_ns * 1e-9 // BIN_S))
        now: dict[int, str | None] = {one.person: one.missing for one in expressions}
        for person in now:
            self._people.setdefault(person, deque([_nothing()], self._bins_n))
            self._seen_ns[person] = t_ns
        self._forget(t_ns)
        step_s = min((t_ns - last_ns) * 1e-9, LONGEST_STEP_S)
        for person, bins in self._people.items():
            reason = now.get(person, "not_seen")
            bins[-1][_COLUMN["dark" if dark and reason == "not_seen" else reason]] += step_s

    def wipe(self) -> None:
        """Overwrite and forget everybody."""
        for bins in self._people.values():
            overwrite(*bins)
        self._people.clear()
        self._seen_ns.clear()
        self._last_ns = None

    def seen(self) -> tuple[Seen, ...]:
        """Return the shares of everybody known, by person."""
        return tuple(_seen(person, np.sum(self._people[person], axis=0)) for person in sorted(self._people))

    def _turn_bins(self, n: int) -> None:
        """Begin as many new bins as have passed."""
        for bins in self._people.values():
            bins.extend(_nothing() for _ in range(min(n, self._bins_n)))

    def _forget(self, t_ns: int) -> None:
        """Drop who was not seen for long."""
        for person, seen_ns in tuple(self._seen_ns.items()):
            if t_ns - seen_ns > GONE_S * 1e9:
                overwrite(*self._people.pop(person))
                del self._seen_ns[person]


def _nothing() -> Floats:
    return np.zeros(len(_COLUMN))


def _seen(person: int, times_s: Floats) -> Seen:
    seconds = float(times_s.sum())
    shares = {reason: float(times_s[k]) / seconds for k, reason in enumerate(REASONS) if times_s[k] > 0}
    return Seen(person=person, seconds=seconds, missing=shares)
