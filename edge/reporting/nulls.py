"""The null of each measure as it was drawn: a histogram of the draws of every subject, the value marked."""

from collections.abc import Mapping, Sequence

import numpy as np

from edge.reporting.numbers import number
from edge.reporting.recording import Recording, Subject
from edge.reporting.svg import (
    FAINT,
    GREY,
    INK,
    STATE_COLOUR,
    Axes,
    cut,
    dot,
    drawing,
    figure,
    line,
    text,
    ticks,
)

WIDTH, LEFT, TOP, ROW_PX, BAR_PX, BINS = 760.0, 190.0, 8.0, 34.0, 24.0, 30


def nulls(recording: Recording, name: str, who: Mapping[Subject, str]) -> str:
    """Draw the nulls of one measure; nothing where the recording holds no draws."""
    draws = {subject: found for subject in who if (found := recording.draws.get((name, subject)))}
    if not draws:
        return ""
    ones = {subject: recording.measures[name, subject] for subject in draws}
    every = [*np.concatenate(list(draws.values())).tolist(), *(float(one["value"]) for one in ones.values())]
    low, high = min(every), max(every)
    span = (low, high) if high > low else (low - 0.5, high + 0.5)
    height, parts = TOP + ROW_PX * len(draws) + 40.0, []
    for k, (subject, found) in enumerate(draws.items()):
        axes = Axes(
            box=(LEFT, TOP + ROW_PX * k, WIDTH - LEFT - 20.0, ROW_PX - 4.0), x_span=span, y_span=(0.0, 1.0)
        )
        value, state = float(ones[subject]["value"]), str(ones[subject].get("state"))
        at, tip = axes.x(value), f"{number(value)} among {len(found)} draws"
        parts.append(
            text((LEFT - 10.0, axes.bottom - 4.0), cut(who[subject], 28), anchor="end", tip=who[subject])
        )
        parts.append(_histogram(axes, found))
        parts.append(line((axes.box[0], axes.bottom), (axes.right, axes.bottom), FAINT))
        parts.append(line((at, axes.bottom - BAR_PX), (at, axes.bottom), INK, 1.5))
        parts.append(dot((at, axes.bottom - BAR_PX), 4.5, STATE_COLOUR.get(state, GREY), "#000000", tip))
    bottom = Axes(box=(LEFT, TOP, WIDTH - LEFT - 20.0, height - TOP - 40.0), x_span=span, y_span=(0.0, 1.0))
    unit = next(iter(ones.values())).get("unit") or "value"
    parts.append(bottom.x_axis(f"{unit}; bars: draws of the null, dot: the value", ticks(*span, 8)))
    drawn = drawing((WIDTH, height), f"Null distributions of {name}", "".join(parts))
    return f"<details><summary>Null distributions</summary>{figure(drawn, f'null-{name}', WIDTH)}</details>"


def _histogram(axes: Axes, draws: Sequence[float]) -> str:
    """Draw counts as bars, the highest one as high as the area."""
    counts, edges = np.histogram(draws, bins=BINS, range=axes.x_span)
    wide, tallest = axes.box[2] / BINS - 1.0, max(1, int(counts.max()))
    bars = "".join(
        f"M{axes.x(left):.1f} {axes.bottom:g}v{-BAR_PX * count / tallest:.1f}h{wide:.1f}V{axes.bottom:g}z"
        for left, count in zip(edges[:-1].tolist(), counts.tolist(), strict=True)
        if count
    )
    return f'<path d="{bars}" fill="{FAINT}"/>'
