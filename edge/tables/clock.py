"""Times of a table in seconds: units are checked against the rates that faces are recorded at."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.errors import SignalsError

FACTORS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "min": 60.0, "h": 3600.0}
GUESSED = ("s", "ms", "us", "ns")  # units that times without one may have
LONGEST_STEP_S = 0.5  # between two samples: longer gaps are never bridged, nothing would be measurable
SHORTEST_STEP_S = 0.00098  # 1000 Hz, rounded times
LONGEST_GAP_S = 3600.0
DAY_S = 86400.0


def seconds(
    times: Floats, name: str, unit: str | None, path: Path, *, trusted: bool, notes: list[str]
) -> Floats:
    """Return times in seconds.

    A unit that the name gives must fit the steps; one that somebody gave is taken. Without either, it is the
    one that fits.
    """
    step = _step(times)
    fits = next((one for one in GUESSED if _plausible(step * FACTORS[one])), None)
    if trusted and unit is not None:
        return times * FACTORS[unit]
    named = unit is not None and _plausible(step * FACTORS[unit])
    if step > 0 and not named and fits is None:
        raise SignalsError(
            f"expected steps of 0.001 to {LONGEST_STEP_S:g} s, got {step:.6g} in column {name} at {path}: "
            "what is its unit? --time-unit"
        )
    if unit is not None and step > 0 and not named:
        raise SignalsError(
            f"expected steps of 0.001 to {LONGEST_STEP_S:g} s, got {step * FACTORS[unit]:.6g} s "
            f"in column {name} at {path}: is it in {fits}? --time-unit {fits}"
        )
    found = unit or fits or "s"
    if found != "s":
        notes.append(f"column {name} is in {found}")
    return times * FACTORS[found]


def counts(times: Floats) -> bool:
    """Whether times without a unit are numbers of samples: whole, and one apart."""
    steps = np.diff(np.unique(times))
    return bool(steps.size and (times % 1 == 0).all() and np.median(steps) == 1)


def from_frames(frames: Floats, rate_hz: float) -> Floats:
    """Return the times of frames, s."""
    return frames / rate_hz


def unwrapped(times_s: Floats) -> Floats:
    """Return times of day that go on after midnight."""
    back = np.diff(times_s, prepend=times_s[:1]) < -DAY_S / 2
    return times_s + DAY_S * np.cumsum(back)


def check(t_s: Floats, lines: NDArray[np.int64], path: Path) -> None:
    """Refuse ascending times with a gap that no meeting has."""
    gaps = np.diff(t_s)
    if gaps.size and gaps.max() > LONGEST_GAP_S:
        row = int(gaps.argmax())
        raise SignalsError(
            f"expected gaps of at most {LONGEST_GAP_S:g} s, got {gaps[row]:.6g} s after {t_s[row]:.6g} "
            f"at {path}:{lines[row + 1]}"
        )


def rate_hz(t_s: Floats) -> float:
    """Return the rate of ascending times, Hz; NaN for a single one."""
    step = _step(t_s)
    return 1.0 / step if step > 0 else float("nan")


def _step(times: Floats) -> float:
    """Return the median step between distinct times, 0 for a single one."""
    steps = np.diff(np.unique(times))
    return float(np.median(steps)) if steps.size else 0.0


def _plausible(step_s: float) -> bool:
    return SHORTEST_STEP_S <= step_s <= LONGEST_STEP_S * 1.001
