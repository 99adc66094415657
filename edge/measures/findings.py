"""What a measure hands to the verdict: the value and the draws of its null, before any judgement."""

from dataclasses import dataclass, field

import numpy as np

from edge.arrays import Floats
from edge.records import Reason

Subject = tuple[int, ...]
Part = tuple[float, Floats]
"""A value and its draws."""
NO_DRAWS: Floats = np.empty(0)


def drawn_mean(draws: Floats) -> float:
    """Mean of the draws that are measurable; NaN when none is."""
    return float(np.nanmean(draws)) if np.isfinite(draws).any() else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One value of one measure for one subject."""

    name: str
    """Published name of the measure."""
    subject: Subject
    """Directed pair (i, j), unordered pair i < j, one person (i,), or the room ()."""
    t_ns: int
    """Sensor time of the last sample used, ns."""
    value: float = float("nan")
    """Value in the measure's unit; NaN when not measurable."""
    draws: Floats = field(default_factory=lambda: NO_DRAWS)
    """The same value under every draw of the deciding null, [S]; draw k of one pair belongs with draw k of
    another; NaN where a draw is not measurable."""
    n: float = 0.0
    """Effective number of observations."""
    coverage: float = 0.0
    """Share of valid samples, 0..1."""
    reason: Reason | None = None
    """Why it is not measurable, where the measure knows."""
    parts: tuple[Part, ...] = ()
    """Value and draws of parts that must each be beyond chance too for `above`."""
    lag_s: float | None = None
    """Lag at the peak, s."""
    extra: dict[str, float | None] = field(default_factory=dict)
    """Secondary values by name."""
    beyond: "tuple[Finding, ...]" = ()
    """What is left of it without the moments that the others in the room share."""
