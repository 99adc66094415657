"""What all measures share at one hop: standardised signals, activity, common spans, onsets, peaks."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from itertools import combinations
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.config.sections import MimicrySection
from edge.formulas import MAD_TO_SD
from edge.measures.onsets import Onsets
from edge.measures.peaks import Peaks
from edge.measures.roles import Roles
from edge.records import Reason, Tick

T = TypeVar("T", bound=np.generic)
MIN_SPAN_S = 180.0  # under three minutes everything is `insufficient` (design)
MIN_VALID = 0.75  # share of that span which must be valid (design, as for windows)
ABSENT_S = 30.0  # nobody is judged who was not measurable for this long (ours)
LOWEST = 0.10  # quantile that is the offset b of a channel (OpenFace)
SCALE_STRIDE = 5  # offset and scale are read at 2 Hz: they move over minutes


def newest(tick: Tick, seconds: float) -> Tick:
    """Return the same tick with only the newest of its past."""
    n = round(seconds * tick.rate_hz)
    return replace(
        tick,
        x={person: x[:, -n:] for person, x in tick.x.items()},
        pose_rad={person: pose[:, -n:] for person, pose in tick.pose_rad.items()},
        since_n={person: min(n, since) for person, since in tick.since_n.items()},
    )


class Context:
    """One tick with everything derived from it, each derived once and only when asked for.

    x_ik is standardised here over the whole ring, x = (raw - b) / s with b the 10 % quantile and
    s = 1.4826 MAD, so a gain or an offset on a person's raw signal changes no measure.
    """

    def __init__(
        self,
        tick: Tick,
        roles: Roles,
        *,
        onsets: Onsets,
        fast_peaks: Peaks,
        slow_peaks: Peaks,
        mimicry: MimicrySection,
        seed: int,
        final: bool,
    ) -> None:
        self.tick = tick
        self.roles = roles
        self.onsets = onsets
        self.fast_peaks = fast_peaks
        self.slow_peaks = slow_peaks
        self.mimicry = mimicry
        self.surrogates = mimicry.surrogates
        self.seed = seed
        self.final = final
        self.t_ns = tick.t_ns
        self.rate_hz = tick.rate_hz
        self._z: dict[int, Floats] = {}
        self._coverage: dict[tuple[int, ...], float] = {}
        self._activity: dict[tuple[int, tuple[int, ...]], Floats] = {}
        self._shared: dict[tuple[object, ...], object] = {}

    @property
    def people(self) -> tuple[int, ...]:
        """Persons with a track, ascending."""
        return self.tick.people

    @cached_property
    def pairs(self) -> list[tuple[int, int]]:
        """Every unordered pair i < j."""
        return list(combinations(self.people, 2))

    @cached_property
    def directed(self) -> list[tuple[int, int]]:
        """Every directed pair (i moves first, j follows)."""
        return [pair for i, j in self.pairs for pair in ((i, j), (j, i))]

    def z(self, person: int) -> Floats:
        """Signals of one person standardised over the ring, [C, N]."""
        if person not in self._z:
            self._z[person] = _standardise(self.tick.x[person])
        return self._z[person]

    def activity(self, person: int, channels: tuple[int, ...] | None = None) -> Floats:
        """Expression activity E = || max(x, 0) ||_2 over the channels, [N]; default: tiers A and B.

        A channel that this person hardly ever shows measurably is left out; NaN where one of the others is
        missing.
        """
        wanted = self.roles.activity if channels is None else channels
        key = (person, wanted)
        if key not in self._activity:
            z = self.z(person)[list(wanted)]
            valid = np.isfinite(z).sum(axis=1)
            z = z[valid >= MIN_VALID * max(1, valid.max())]
            self._activity[key] = np.sqrt(np.square(np.maximum(z, 0.0)).sum(axis=0))
        return self._activity[key]

    def memo(self, key: tuple[object, ...], make: Callable[[], NDArray[T]]) -> NDArray[T]:
        """Compute an array once for all who ask for it at this hop."""
        if key not in self._shared:
            self._shared[key] = make()
        return cast("NDArray[T]", self._shared[key])

    def span_n(self, *people: int) -> int:
        """Grid samples since the last of these people came, at most the ring."""
        return min(self.tick.since_n[person] for person in people)

    def step_n(self, rate_hz: float) -> int:
        """Grid samples between two samples of a series that is read at about this rate."""
        return max(1, round(self.rate_hz / rate_hz))

    def rate_at(self, rate_hz: float) -> float:
        """Return the rate, Hz, of a series that is read at about this rate: the grid may not divide by it."""
        return self.rate_hz / self.step_n(rate_hz)

    def n_at(self, rate_hz: float, *people: int) -> int:
        """Return the length of their common span in samples of a series read at about this rate."""
        return self.span_n(*people) // self.step_n(rate_hz)

    def thinned(self, x: NDArray[T], rate_hz: float) -> NDArray[T]:
        """Read a series of the grid at about this rate, newest sample last."""
        return x[..., ::-1][..., :: self.step_n(rate_hz)][..., ::-1]

    def coverage(self, *people: int) -> float:
        """Share of the common span in which everybody's first channel is measurable, 0..1."""
        if people not in self._coverage:
            n = self.span_n(*people)
            valid = np.all([np.isfinite(self.tick.x[p][self.roles.smile, -n:]) for p in people], axis=0)
            self._coverage[people] = float(valid.mean()) if n else 0.0
        return self._coverage[people]

    def ready(self, *people: int) -> bool:
        """Whether these people have been seen together long enough, and are still seen."""
        return self.lacks(*people) is None

    def lacks(self, *people: int) -> Reason | None:
        """Return why these people cannot be judged yet; None where they can."""
        n = self.span_n(*people)
        if n < MIN_SPAN_S * self.rate_hz:
            return "short"
        recent = round(ABSENT_S * self.rate_hz)
        if not all(np.isfinite(self.tick.x[p][self.roles.smile, -recent:]).any() for p in people):
            return "absent"
        enough = self.coverage(*people) * n >= MIN_VALID * MIN_SPAN_S * self.rate_hz
        return None if enough else "unseen"


def _standardise(x: Floats) -> Floats:
    """(x - b) / s over the ring, [C, N]; a channel without scale is NaN."""
    sample = np.sort(x[:, ::-SCALE_STRIDE], axis=1)
    n = np.isfinite(sample).sum(axis=1)
    b = _quantile(sample, n, LOWEST)
    spread = np.sort(np.abs(sample - _quantile(sample, n, 0.5)[:, None]), axis=1)
    s = MAD_TO_SD * _quantile(spread, n, 0.5)
    flat = ~(s > 0.0) & (n > 1)
    for k in np.flatnonzero(flat):
        s[k] = sample[k, : n[k]].std()
    s[~(s > 0.0)] = np.nan
    return np.asarray((x - b[:, None]) / s[:, None])


def _quantile(ascending: Floats, n: NDArray[np.int64], q: float) -> Floats:
    """Quantile of the first n entries of every sorted row, linear between neighbours; NaN for n = 0."""
    at = q * np.maximum(n - 1, 0)
    low = at.astype(np.int64)
    high = np.minimum(low + 1, np.maximum(n - 1, 0))
    rows = np.arange(len(n))
    value = ascending[rows, low] + (at - low) * (ascending[rows, high] - ascending[rows, low])
    return np.where(n > 0, value, np.nan)
