"""Signals and movements of everybody over time, and the room's index."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

import numpy as np

from edge.plain import Json
from edge.reporting.movements import LANES, in_words
from edge.reporting.recording import Recording
from edge.reporting.svg import (
    BLUE,
    FAINT,
    GREY,
    INK,
    LIGHT,
    PEOPLE,
    Axes,
    cut,
    dot,
    drawing,
    figure,
    line,
    rectangle,
    text,
    ticks,
)
from edge.reporting.traces import envelope, path

WIDTH = 960.0
LEFT, RIGHT, TOP = 118.0, 12.0, 14.0
CURVE_PX, BELOW_PX, LANE_PX, GAP_PX = 48.0, 8.0, 8.5, 12.0
LEAST_SD, MOST_SD = 8.0, 80.0  # upper end of the curves: what 99.9 % of the samples stay under
CARRIER = "AU12"
BRIEF_PX = 2.2  # radius of the dot of a brief movement
SINGLE_N = 1500  # movements that are drawn one by one; more of them join where they touch
MOST_CURVES = 24  # channels that can be chosen


def channels(recording: Recording) -> list[str]:
    """Return the names of the signals: the smile first, or whatever comes first."""
    names = dict.fromkeys(name for one in recording.signals.values() for name in one.values)
    return sorted(names, key=lambda name: name != CARRIER)


def timeline(recording: Recording, overlay: str = "", most: int = MOST_CURVES) -> str:
    """Draw the signals of everybody, one channel at a time, above the movements and an overlay."""
    lanes, names = _lanes(recording), channels(recording)[:most]
    people, span = recording.people, _span(recording)
    height = TOP + _row_px(lanes) * len(people) + 36.0
    parts = [_curves(recording, rows(recording), channel, k) for k, channel in enumerate(names)]
    for k, (person, axes) in enumerate(rows(recording).items()):
        parts.append(_movements(recording, person, axes, lanes))
        parts.append(dot((12.0, axes.box[1] + 20.0), 5.0, PEOPLE[k % len(PEOPLE)]))
        words = recording.title(person)
        parts.append(text((22.0, axes.box[1] + 24.0), cut(words, 12), colour=INK, bold=True, tip=words))
    bottom = Axes(box=(LEFT, TOP, WIDTH - LEFT - RIGHT, height - 50.0), x_span=span, y_span=(0.0, 1.0))
    parts.append(bottom.x_axis("time in the recording, s", ticks(*span, 12)))
    title = "Signals and movements of every person over time"
    drawn = drawing((WIDTH, height), title, "".join([*parts, overlay]))
    return f'<div class="curves">{_choice(names)}{figure(drawn, "signals-and-movements", WIDTH)}</div>'


def rows(recording: Recording) -> dict[int, Axes]:
    """Return the plot area of each person's signal."""
    width, row_px = WIDTH - LEFT - RIGHT, _row_px(_lanes(recording))
    return {
        person: Axes(
            box=(LEFT, TOP + row_px * k, width, CURVE_PX), x_span=_span(recording), y_span=(-1.0, LEAST_SD)
        )
        for k, person in enumerate(recording.people)
    }


def _span(recording: Recording) -> tuple[float, float]:
    return recording.start_s, max(recording.end_s, recording.start_s + 1.0)


def _lanes(recording: Recording) -> list[str]:
    moved = {one.get("channel") for one in recording.movements}
    return [name for name, lane in LANES.items() if moved.intersection(lane)]


def _row_px(lanes: Sequence[str]) -> float:
    return CURVE_PX + BELOW_PX + LANE_PX * len(lanes) + GAP_PX


def _choice(names: Sequence[str]) -> str:
    """Return a list to choose the channel from; style sheets show the group of its number."""
    if len(names) < 2:
        return ""
    options = (f'<option value="{k}">{escape(in_words(name))}</option>' for k, name in enumerate(names))
    return f'<label class="choice">Curves <select autocomplete="off">{"".join(options)}</select></label>'


def _curves(recording: Recording, rows: dict[int, Axes], channel: str, number: int) -> str:
    """Draw one channel of everybody on one scale, so that heights compare."""
    given = {
        person: (series.t_s, series.values[channel])
        for person, series in recording.signals.items()
        if channel in series.values
    }
    y_span = _scale([np.asarray(values) for _, values in given.values()])
    parts = []
    for k, (person, place) in enumerate(rows.items()):
        if person in given:
            axes = Axes(box=place.box, x_span=place.x_span, y_span=y_span)
            parts.append(line((axes.box[0], axes.y(0.0)), (axes.right, axes.y(0.0)), LIGHT))
            parts.append(axes.y_axis("", ticks(0.0, axes.y_span[1], 3)))
            parts.append(path(axes, envelope(*given[person]), PEOPLE[k % len(PEOPLE)]))
    return f'<g class="c c{number}">{"".join(parts)}</g>'


def _scale(found: Iterable[np.ndarray[tuple[int], np.dtype[np.float64]]]) -> tuple[float, float]:
    """Return what 99.9 % of the values stay under; below 0 only what falls."""
    known = np.concatenate([np.empty(0), *(values[np.isfinite(values)] for values in found)])
    if len(known) == 0:
        return -1.0, LEAST_SD
    low, high = np.quantile(known, (0.001, 0.999)).tolist()
    return max(-MOST_SD, min(-1.0, low)), min(MOST_SD, max(LEAST_SD, high))


def _movements(recording: Recording, person: int, axes: Axes, lanes: Sequence[str]) -> str:
    """Draw the movements of one person, a lane a part of the face."""
    draw = _singly if len(recording.movements) <= SINGLE_N else _joined
    parts = []
    for k, name in enumerate(lanes):
        top = axes.bottom + BELOW_PX + LANE_PX * k
        parts.append(text((LEFT - 5.0, top + 6.5), name, anchor="end", size_px=9.0))
        parts.append(line((LEFT, top + 3.0), (axes.right, top + 3.0), LIGHT, 0.6))
        own = (one for one in recording.movements if one["person"] == person)
        parts += draw((one for one in own if one.get("channel") in LANES[name]), axes, top)
    return "".join(parts)


def _singly(movements: Iterable[Json], axes: Axes, top: float) -> Iterator[str]:
    """Draw each movement from onset to offset, a brief one as a dot."""
    for one in movements:
        onset_s, offset_s = one["onset_s"], one.get("offset_s") or one["onset_s"]
        if one.get("brief"):
            yield dot((axes.x(onset_s), top + 3.0), BRIEF_PX, "#ffffff", GREY)
        else:
            left, right = axes.x(onset_s), axes.x(offset_s)
            tip = f"{one.get('channel')} from {onset_s:.1f} to {offset_s:.1f} s"
            yield rectangle((left, top + 0.5, max(1.2, right - left), 5.0), GREY, 1.0, tip)


def _joined(movements: Iterable[Json], axes: Axes, top: float) -> Iterator[str]:
    """Draw many movements as one path; what touches in pixels is one stroke."""
    spans = sorted(
        (axes.x(one["onset_s"]), axes.x(one.get("offset_s") or one["onset_s"])) for one in movements
    )
    strokes: list[list[float]] = []
    for left, right in spans:
        if strokes and left <= strokes[-1][1] + 0.5:
            strokes[-1][1] = max(strokes[-1][1], right)
        else:
            strokes.append([left, right])
    steps = "".join(f"M{left:.1f} {top + 3:g}h{max(0.8, right - left):.1f}" for left, right in strokes)
    yield f'<path d="{steps}" stroke="{GREY}" stroke-width="5" fill="none"/>'


def index(recording: Recording) -> str:
    """Draw the room's index over time with the chance line."""
    known = [t_s for t_s, value in recording.index if value is not None]
    if not known:
        return ""
    span = (recording.start_s, recording.end_s)
    axes = Axes(box=(LEFT, 12.0, WIDTH - LEFT - RIGHT, 110.0), x_span=span, y_span=(0.0, 1.0))
    before = axes.x(known[0]) - LEFT
    body = rectangle((LEFT, axes.box[1], before, axes.box[3]), LIGHT, 0.6)
    if before > 190.0:
        words = "insufficient: under three minutes"
        body += text((LEFT + before / 2, axes.y(0.5) - 6.0), words, anchor="middle")
    body += line((LEFT, axes.y(0.5)), (axes.right, axes.y(0.5)), FAINT, 1.0, "4 3")
    body += text((axes.right, axes.y(0.5) + 13.0), "chance", anchor="end")
    body += axes.x_axis("time in the recording, s", ticks(*span, 12))
    body += axes.y_axis("mimicry index, rank", [0.0, 0.5, 1.0])
    times, values = zip(*recording.index, strict=True)
    body += path(axes, envelope(times, [np.nan if one is None else one for one in values]), BLUE, 2.0)
    return figure(drawing((WIDTH, 162.0), "The room's index over time", body), "index", WIDTH)
