"""A dyad of a study: the signals of two people, and how strongly any two signals move together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.arrays import Floats
from edge.tables import Table, two
from edge.windows import correlate, fisher


@dataclass(frozen=True, slots=True, kw_only=True)
class Lengths:
    """How signals are cut and compared."""

    rate_hz: float
    window_s: float
    max_lag_s: float
    hop_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dyad:
    """Two people of one recording, on one grid."""

    name: str
    first: Floats
    """Signal of the first person, [N]; NaN where missing."""
    second: Floats
    """Signal of the second person over the same time, [N]."""
    rate_hz: float
    told: str = ""
    """Which people and channel they are."""


def dyad(
    table: Table,
    name: str,
    *,
    people: Sequence[str] = (),
    channel: str | None = None,
    rate_hz: float | None = None,
) -> Dyad:
    """Take two people of a table; `rate_hz` is a rate that is lower than the table's."""
    first, second, rate, told = two(table, people=people, channel=channel, rate_hz=rate_hz)
    return Dyad(name=name, first=first, second=second, rate_hz=rate, told=told)


def together(first: Floats, second: Floats, lengths: Lengths) -> Floats:
    """Return Fisher's z of every window and lag, [W, 2L+1], over the time of the shorter."""
    n = min(len(first), len(second))
    return fisher(
        correlate(
            first[:n],
            second[:n],
            rate_hz=lengths.rate_hz,
            window_s=lengths.window_s,
            max_lag_s=lengths.max_lag_s,
            hop_s=lengths.hop_s,
        )
    ).r


def strength(z: Floats) -> float:
    """Return the mean over windows of the largest Z of all lags; NaN where no window is whole."""
    peaks = z.max(axis=1)
    known = np.isfinite(peaks)
    return float(peaks[known].mean()) if known.any() else float("nan")
