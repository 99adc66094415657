"""The figure of a study: real dyads beside pseudo-dyads, and each dyad beside both of its nulls."""

import numpy as np

from edge.arrays import Floats
from edge.reporting import svg
from edge.study.study import Held, Study

WIDTH, LEFT, TOP, ROW, GAP = 760.0, 190.0, 34.0, 22.0, 56.0
BINS, BARS = 24, 120.0
SPREAD = 1.96  # standard deviations of a null that are drawn


def drawn(study: Study) -> str:
    """Return one SVG: a histogram of all pairings over a row for each dyad."""
    real = np.diag(study.pairings)
    pseudo = study.pairings[~np.eye(len(real), dtype=bool)]
    known = np.concatenate((real, pseudo))[np.isfinite(np.concatenate((real, pseudo)))]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    rows_top = TOP + BARS + GAP
    height = rows_top + ROW * (len(real) + 1) + GAP
    upper = svg.Axes(
        box=(LEFT, TOP, WIDTH - LEFT - 30, BARS), x_span=(edges[0], edges[-1]), y_span=(0.0, 1.0)
    )
    body = _histogram(upper, edges, pseudo, svg.FAINT) + _histogram(upper, edges, real, svg.BLUE)
    body += upper.x_axis("strength S (mean largest Fisher z)", svg.ticks(edges[0], edges[-1]))
    body += svg.text((LEFT, TOP - 14), f"{len(pseudo)} pseudo-dyads", colour=svg.GREY)
    body += svg.text((LEFT + 130, TOP - 14), f"{len(real)} dyads, d = {study.effect:.2f}", colour=svg.BLUE)
    for k, one in enumerate((*study.dyads, study.all)):
        y = rows_top + ROW * (k + 0.5)
        body += svg.text((LEFT - 12, y + 4), one.name[-28:], anchor="end", bold=one is study.all)
        body += _null(upper, one.within, y - 4, svg.ORANGE) + _null(upper, one.between, y + 4, svg.GREY)
        if np.isfinite(one.value):
            body += svg.dot((upper.x(one.value), y), 4.5, svg.BLUE)
    foot = height - 16
    body += svg.text((LEFT, foot), "orange: the same dyad out of step", colour=svg.GREY)
    body += svg.text((LEFT + 220, foot), "grey: pseudo-dyads; bars: mean and 1.96 sd", colour=svg.GREY)
    return svg.drawing((WIDTH, height), "Strength of every dyad beside its nulls", body)


def _histogram(axes: svg.Axes, edges: Floats, values: Floats, colour: str) -> str:
    """Draw shares of values as bars, the highest one as high as the area."""
    counts, _ = np.histogram(values[np.isfinite(values)], bins=edges)
    width, tallest = axes.box[2] / (len(edges) - 1), max(1, int(counts.max()))
    heights = [axes.box[3] * count / tallest for count in counts.tolist()]
    return "".join(
        svg.rectangle((axes.x(low), axes.bottom - height, width - 1, height), colour, 0.7, f"{count}")
        for low, height, count in zip(edges[:-1].tolist(), heights, counts.tolist(), strict=True)
    )


def _null(axes: svg.Axes, held: Held, y: float, colour: str) -> str:
    """Draw mean and spread of a null."""
    if not np.isfinite(held.mu):
        return ""
    low, high = (axes.x(held.mu + sign * SPREAD * held.sd) for sign in (-1, 1))
    left, right = max(low, axes.box[0]), min(high, axes.right)
    middle = axes.x(held.mu)
    return svg.line((left, y), (right, y), colour, 3.0) + svg.line(
        (middle, y - 4), (middle, y + 4), colour, 2.0
    )
