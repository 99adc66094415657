"""Long signals as short paths: what a pixel column holds is drawn as its lowest and highest value."""

from collections.abc import Iterable, Sequence

import numpy as np

from edge.arrays import Floats
from edge.reporting.svg import Axes

COLUMNS = 840
LONGEST_S, LONGEST_STEPS = 1.0, 3.0  # a wider gap between samples breaks the line
Point = tuple[float, float | None]


def envelope(t_s: Sequence[float], values: Sequence[float], columns: int = COLUMNS) -> list[Point]:
    """Return lowest and highest value of each column of time; none where most of a column is missing."""
    times, known = np.asarray(t_s, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if len(times) == 0:
        return []
    order = np.argsort(times, kind="stable")
    times, known = times[order], known[order]
    starts = _starts(times, columns)
    low, high = np.fmin.reduceat(known, starts), np.fmax.reduceat(known, starts)
    there = np.add.reduceat(np.isfinite(known).astype(np.int64), starts)
    full = 2 * there >= np.diff([*starts, len(times)])
    broken = _broken(times)[starts]
    points: list[Point] = []
    for k, at in enumerate(times[starts].tolist()):
        if broken[k] or not full[k]:
            points.append((at, None))
        if full[k]:
            ends = {low[k]: None, high[k]: None} if k % 2 else {high[k]: None, low[k]: None}
            points += [(at, float(value)) for value in ends]
    return points


def path(axes: Axes, points: Iterable[Point], colour: str, width: float = 1.0) -> str:
    """Draw points as one path in half pixels; a missing value breaks the line."""
    low, high = axes.y_span
    steps, at = [], None
    for x, y in points:
        if y is None:
            at = None
            continue
        new = round(2 * axes.x(x)), round(2 * axes.y(min(max(y, low), high)))
        steps.append(f"M{new[0]} {new[1]}" if at is None else f"l{new[0] - at[0]} {new[1] - at[1]}")
        at = new
    return (
        f'<path d="{"".join(steps)}" transform="scale(.5)" fill="none" stroke="{colour}" '
        f'stroke-width="{2 * width:g}" stroke-linejoin="round"/>'
    )


def _starts(times: Floats, columns: int) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    """Return where each column of time begins."""
    length_s = float(times[-1] - times[0]) or 1.0
    column = np.minimum((times - times[0]) / length_s * columns, columns - 1).astype(np.int64)
    return np.flatnonzero(np.diff(column, prepend=-1))


def _broken(times: Floats) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Whether the gap before a sample is too long for a line."""
    steps = np.diff(times, prepend=times[0])
    usual_s = float(np.median(steps[1:])) if len(steps) > 1 else 0.0
    return steps > max(LONGEST_S, LONGEST_STEPS * usual_s)
