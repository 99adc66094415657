"""Signals and movements of everybody over time, and the room's index."""

from edge.plain import Json
from edge.reporting.recording import Recording
from edge.reporting.svg import (
    BLUE,
    FAINT,
    GREY,
    INK,
    LIGHT,
    PEOPLE,
    Axes,
    dot,
    drawing,
    line,
    rectangle,
    text,
    thinned,
    ticks,
)

WIDTH = 960.0
LEFT, RIGHT = 118.0, 12.0
CURVE_PX, LANE_PX, GAP_PX = 48.0, 8.5, 16.0
LEAST_SD, MOST_SD = 8.0, 80.0  # upper end of the curves: what 99.9 % of the samples stay under
CARRIER = "AU12"
LANES = {
    "smile": ("AU12", "AU06"),
    "brow": ("AU01", "AU02", "AU04"),
    "mouth": ("AU25", "AU26", "AU10", "AU15", "AU17", "AU18", "AU20", "AU23", "AU24"),
    "eyes": ("AU05", "AU07", "AU45"),
}
BRIEF_PX = 2.2  # radius of the dot of a brief movement


def timeline(recording: Recording) -> str:
    """Draw the leading signal of everybody, movements as bars below it, brief ones as dots."""
    lanes = [name for name in LANES if any(one.get("channel") in LANES[name] for one in recording.movements)]
    row_px = CURVE_PX + LANE_PX * len(lanes) + GAP_PX
    height = 14.0 + row_px * len(recording.people) + 36.0
    span = (recording.start_s, max(recording.end_s, recording.start_s + 1.0))
    sd = _signal_span(recording)
    parts = []
    for k, person in enumerate(recording.people):
        top = 14.0 + row_px * k
        axes = Axes(box=(LEFT, top, WIDTH - LEFT - RIGHT, CURVE_PX), x_span=span, y_span=sd)
        parts.append(_signal(recording, person, axes, PEOPLE[k % len(PEOPLE)]))
        parts.append(_lanes(recording, person, axes, lanes))
        parts.append(dot((12.0, top + 20.0), 5.0, PEOPLE[k % len(PEOPLE)]))
        parts.append(text((22.0, top + 24.0), f"person {person}", colour=INK, bold=True))
    bottom = Axes(box=(LEFT, 14.0, WIDTH - LEFT - RIGHT, height - 50.0), x_span=span, y_span=(0.0, 1.0))
    parts.append(bottom.x_axis("time in the recording, s", ticks(*span, 12)))
    return drawing((WIDTH, height), "Signals and movements of every person over time", "".join(parts))


def carrier(recording: Recording) -> str:
    """Name of the drawn signal: the smile, or whatever comes first."""
    names = [name for channels in recording.signals.values() for name in channels]
    return CARRIER if CARRIER in names or not names else names[0]


def _signal_span(recording: Recording) -> tuple[float, float]:
    """Return one scale for everybody, so that heights compare, robust sd."""
    name = carrier(recording)
    known = sorted(y for one in recording.signals.values() for _, y in one.get(name, []) if y is not None)
    high = known[int(0.999 * (len(known) - 1))] if known else LEAST_SD
    return -1.0, min(MOST_SD, max(LEAST_SD, high))


def _signal(recording: Recording, person: int, axes: Axes, colour: str) -> str:
    """Draw one person's signal."""
    points = recording.signals.get(person, {}).get(carrier(recording), [])
    if not points:
        return ""
    zero = line((axes.box[0], axes.y(0.0)), (axes.right, axes.y(0.0)), LIGHT)
    return (
        zero + axes.y_axis("", ticks(0.0, axes.y_span[1], 3)) + axes.curve(thinned(points, 840), colour, 1.0)
    )


def _lanes(recording: Recording, person: int, axes: Axes, lanes: list[str]) -> str:
    """Draw the movements of one person, a lane a part of the face."""
    parts = []
    for k, name in enumerate(lanes):
        top = axes.bottom + 4.0 + LANE_PX * k
        parts.append(text((LEFT - 5.0, top + 6.5), name, anchor="end", size_px=9.0))
        parts.append(line((LEFT, top + 3.0), (axes.right, top + 3.0), LIGHT, 0.6))
        parts += [
            _movement(one, axes, top)
            for one in recording.movements
            if one["person"] == person and one.get("channel") in LANES[name]
        ]
    return "".join(parts)


def _movement(one: Json, axes: Axes, top: float) -> str:
    """Draw one movement from onset to offset, a brief one as a dot."""
    onset_s, offset_s = one["onset_s"], one.get("offset_s") or one["onset_s"]
    if one.get("brief"):
        return dot((axes.x(onset_s), top + 3.0), BRIEF_PX, "#ffffff", GREY)
    left, right = axes.x(onset_s), axes.x(offset_s)
    tip = f"{one.get('channel')} from {onset_s:.1f} to {offset_s:.1f} s"
    return rectangle((left, top + 0.5, max(1.2, right - left), 5.0), GREY, 1.0, tip)


def index(recording: Recording) -> str:
    """Draw the room's index over time with the chance line."""
    known = [t_s for t_s, value in recording.index if value is not None]
    if not known:
        return ""
    span = (recording.start_s, recording.end_s)
    axes = Axes(box=(LEFT, 12.0, WIDTH - LEFT - RIGHT, 110.0), x_span=span, y_span=(0.0, 1.0))
    before = axes.x(known[0]) - LEFT
    body = rectangle((LEFT, axes.box[1], before, axes.box[3]), LIGHT, 0.6)
    if before > 150.0:
        words = "insufficient: under three minutes"
        body += text((LEFT + before / 2, axes.y(0.5) - 6.0), words, anchor="middle")
    body += line((LEFT, axes.y(0.5)), (axes.right, axes.y(0.5)), FAINT, 1.0, "4 3")
    body += text((axes.right, axes.y(0.5) + 13.0), "chance", anchor="end")
    body += axes.x_axis("time in the recording, s", ticks(*span, 12))
    body += axes.y_axis("mimicry index, rank", [0.0, 0.5, 1.0])
    body += axes.curve(thinned(recording.index, 840), BLUE, 2.0)
    return drawing((WIDTH, 162.0), "The room's index over time", body)
