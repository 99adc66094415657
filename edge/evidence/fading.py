"""Whether answers that came are still coming: Page's test of a rate that has gone back to chance."""

import math
from collections import deque
from dataclasses import dataclass

RECENT_NS = 120_000_000_000  # before something was noticed: its rate is that of this time and after (ours)
LEAST = 0.15  # by which the rate of what goes on exceeds chance (ours)
MOST = 0.9  # of all are answered at most: the spotter misses some (ours)
GONE = math.log(15.0)  # likelihood ratio of an end: by chance two or three times an hour of going on (ours)


@dataclass(frozen=True, slots=True)
class Tally:
    """What was asked and answered since the people were together."""

    asked: int = 0
    """Movements that might have been answered."""
    answered: int = 0
    """Those that were."""
    chance: float = 0.0
    """Probability that one is answered by chance, now."""

    def and_then(self, newer: "Tally") -> "Tally":
        """Return this with the counts of a newer piece of time added, and its chance."""
        return Tally(self.asked + newer.asked, self.answered + newer.answered, newer.chance)


class Fading:
    """Page's test (1954) of chance against the rate at which answers came since something began.

    W = max(0, W + sum of ln P(chance) / P(going on)) over all that was asked, answered or not; it has ended
    at W >= `gone`. What goes on has the rate of all before the look, from two minutes before it was noticed.
    """

    def __init__(self, gone: float = GONE) -> None:
        self._gone = gone
        self._recent: deque[tuple[int, Tally]] = deque([(0, Tally())])
        self._against = 0.0

    def wait(self, tally: Tally, end_ns: int) -> None:
        """Take the tally of a look while nothing is under way."""
        self._recent.append((end_ns, tally))
        while self._recent[0][0] < end_ns - RECENT_NS:
            self._recent.popleft()
        self._against = 0.0

    def ended(self, tally: Tally, end_ns: int) -> bool:
        """Take the tally of a look at what is under way, and return whether it has ended."""
        (_, first), (_, last) = self._recent[0], self._recent[-1]
        self._recent[-1] = (end_ns, tally)
        asked, answered = tally.asked - last.asked, tally.answered - last.answered
        rate = _rate(last.asked - first.asked, last.answered - first.answered, tally.chance)
        support = answered * math.log(rate / tally.chance) if answered else 0.0
        missing = (asked - answered) * math.log((1.0 - tally.chance) / (1.0 - rate))
        self._against = max(0.0, self._against + missing - support)
        return self._against >= self._gone


def _rate(asked: int, answered: int, chance: float) -> float:
    """Rate of answers while something is under way (rule of succession), within its limits."""
    return max(chance, min(max((answered + 1) / (asked + 2), chance + LEAST), MOST))
