"""The plots of the page."""

import re

from edge.report.recording import Json, Recording
from edge.report.svg import (
    BLUE,
    GREY,
    LIGHT,
    ORANGE,
    PEOPLE,
    RED,
    Axes,
    drawing,
    line,
    rectangle,
    text,
    ticks,
)

WIDTH = 960.0
SHOWN = ("AU12", "AU01", "AU25")  # smile, brow, lips part
SIGNAL_SD = (-1.0, 8.0)
LAG = re.compile(r"lag_([+-]?\d+(?:\.\d+)?)_s")  # names of the points of a lag profile
STATE_COLOUR = {"above": BLUE, "below": ORANGE, "at_chance": "#bbbbbb", "insufficient": "#f2f2f2"}
STATE_MARK = {"above": "+", "below": "-", "at_chance": "o", "insufficient": ""}


def timeline(recording: Recording) -> str:
    """Signals of everybody over time, movements as bars below each."""
    rows = recording.people
    height = 40.0 + 84.0 * max(1, len(rows)) + 40.0
    span = (recording.start_s, max(recording.end_s, recording.start_s + 1.0))
    parts = []
    for k, person in enumerate(rows):
        axes = Axes((70.0, 30.0 + 84.0 * k, WIDTH - 90.0, 54.0), span, SIGNAL_SD)
        colour = PEOPLE[k % len(PEOPLE)]
        parts.append(text(8.0, axes.top + 30.0, f"person {person}", colour=colour, bold=True))
        parts.append(_signals(recording, person, axes))
        parts.append(_movements(recording, person, axes, colour))
    bottom = Axes((70.0, 30.0, WIDTH - 90.0, 84.0 * max(1, len(rows)) - 6.0), span, (0.0, 1.0))
    parts.append(bottom.frame("time in the recording, s", "", ticks(*span, 10), []))
    legend = ", ".join(
        f"{name} {style}" for name, style in zip(SHOWN, ("solid", "thin", "dashed"), strict=True)
    )
    parts.append(text(70.0, 16.0, f"signals in robust sd ({legend}); bars: movements from onset to offset"))
    return drawing(WIDTH, height, "Signals and movements of every person over time", "".join(parts))


def _signals(recording: Recording, person: int, axes: Axes) -> str:
    """Up to three channels of one person, at most two points a pixel."""
    channels = recording.signals.get(person, {})
    names = [name for name in SHOWN if name in channels] or list(channels)[:2]
    parts = []
    for name, colour, width in zip(names, (GREY, "#999999", "#cccccc"), (1.3, 0.9, 0.9), strict=False):
        points = channels[name]
        parts.append(axes.curve(points[:: max(1, len(points) // 1800)], colour, width))
    return "".join(parts)


def _movements(recording: Recording, person: int, axes: Axes, colour: str) -> str:
    """Brief movements as ticks, longer ones as bars, smiles above the others."""
    parts = []
    for one in recording.movements:
        if one["person"] != person:
            continue
        left, right = axes.x(one["onset_s"]), axes.x(one.get("offset_s") or one["onset_s"])
        smile = one.get("channel") == SHOWN[0]
        top = axes.top + axes.height + (2.0 if smile else 9.0)
        tip = f"{one.get('channel')} at {one['onset_s']:.1f} s{', brief' if one.get('brief') else ''}"
        parts.append(rectangle((left, top, max(1.5, right - left), 6.0), colour, 0.9 if smile else 0.4, tip))
    return "".join(parts)


def followers(recording: Recording) -> str:
    """Who follows whom: row moves first, column follows; colour the state, text lag and z."""
    people = recording.people
    cell, left, top = 108.0, 110.0, 60.0
    parts = [text(left, 20.0, "column follows row", bold=True)]
    for k, person in enumerate(people):
        parts.append(text(left + cell * (k + 0.5), top - 10.0, f"{person}", anchor="middle", bold=True))
        parts.append(
            text(left - 12.0, top + cell * 0.5 * (2 * k + 1) * 0.6, f"{person}", anchor="end", bold=True)
        )
    for row, first in enumerate(people):
        for column, second in enumerate(people):
            if first != second:
                box = (left + cell * column, top + cell * 0.6 * row, cell - 4.0, cell * 0.6 - 4.0)
                parts.append(_cell(recording, first, second, box))
    size = cell * len(people)
    return drawing(left + size + 10.0, top + size * 0.6 + 10.0, "Who follows whom", "".join(parts))


def _cell(recording: Recording, first: int, second: int, box: tuple[float, float, float, float]) -> str:
    """One directed pair: synchrony whose lag says that the first moves first, and timely answers."""
    x, y = box[:2]
    pair = (min(first, second), max(first, second))
    one = recording.measures.get(("expression_synchrony", pair), {})
    lag_s = one.get("lag_s")
    leads = lag_s is not None and (lag_s >= 0) == (first < second)
    state = one.get("state", "insufficient") if leads or lag_s is None else "at_chance"
    parts = [rectangle(box, STATE_COLOUR.get(state, LIGHT), 0.35 if state != "insufficient" else 1.0)]
    z = (one.get("extra") or {}).get("z")
    if leads and lag_s is not None and z is not None:
        parts.append(
            text(x + 6, y + 18, f"{STATE_MARK.get(state, '')} lag {abs(lag_s):.1f} s", colour="#000")
        )
        parts.append(text(x + 6, y + 34, f"z {z:.1f}", colour="#000"))
    timely = recording.measures.get(("response_timeliness", (first, second)), {})
    if timely.get("value") is not None:
        mark = STATE_MARK.get(timely.get("state", ""), "")
        parts.append(text(x + 6, y + 50, f"{mark} answers {timely['value']:+.2f}", colour="#000"))
    return "".join(parts)


def lag_profile(one: Json, pair: tuple[int, ...]) -> str:
    """Mean Fisher z by lag of one pair against the band of its far-lag null."""
    extra = one.get("extra") or {}
    points = sorted(
        (float(found[1]), z) for name, z in extra.items() if (found := LAG.fullmatch(name)) is not None
    )
    known = [z for _, z in points if z is not None]
    mu, sd = extra.get("lag_mu"), extra.get("lag_sd")
    if not known or mu is None or sd is None:
        return ""
    low, high = min([*known, mu - 3 * sd]), max([*known, mu + 3 * sd])
    axes = Axes((60.0, 34.0, 380.0, 170.0), (points[0][0], points[-1][0]), (low, high))
    band = axes.y(mu + 1.96 * sd)
    parts = [
        rectangle(
            (axes.left, band, axes.width, axes.y(mu - 1.96 * sd) - band), LIGHT, 0.8, "95 % of far lags"
        ),
        line(axes.x(0.0), axes.top, axes.x(0.0), axes.top + axes.height, GREY, 1.0, "3 3"),
        axes.frame("lag, s", "mean Fisher z", ticks(points[0][0], points[-1][0], 5), ticks(low, high, 5)),
        axes.curve(points, BLUE, 2.0),
    ]
    if one.get("lag_s") is not None and one.get("state") == "above":
        parts.append(
            line(axes.x(one["lag_s"]), axes.top, axes.x(one["lag_s"]), axes.top + axes.height, RED, 1.5)
        )
    parts.append(
        text(240.0, 16.0, f"{pair[0]} first (right) - {pair[1]} first (left)", anchor="middle", bold=True)
    )
    return drawing(460.0, 250.0, f"Lag profile of {pair[0]} and {pair[1]}", "".join(parts))


def index(recording: Recording) -> str:
    """Draw the room's index over time with the chance line."""
    if not any(value is not None for _, value in recording.index):
        return ""
    span = (recording.start_s, recording.end_s)
    axes = Axes((60.0, 30.0, WIDTH - 90.0, 120.0), span, (0.0, 1.0))
    body = axes.frame(
        "time in the recording, s", "mimicry index (.5 is chance)", ticks(*span, 10), [0.0, 0.5, 1.0]
    )
    body += line(axes.left, axes.y(0.5), axes.left + axes.width, axes.y(0.5), GREY, 1.0, "4 3")
    body += axes.curve(recording.index, BLUE, 2.0)
    return drawing(WIDTH, 200.0, "The room's index over time", body)


def against_null(one: Json) -> str:
    """Draw a value as a dot on the band of its null, in the null's spread."""
    null, value = one.get("null"), one.get("value")
    if value is None or not null or not null.get("sd") or null.get("mu") is None:
        return ""
    z = (value - null["mu"]) / null["sd"]
    axes = Axes((4.0, 4.0, 152.0, 16.0), (-6.0, 6.0), (0.0, 1.0))
    left, right = axes.x(-1.96), axes.x(1.96)
    dot = axes.x(min(6.0, max(-6.0, z)))
    body = rectangle((left, 7.0, right - left, 10.0), LIGHT)
    body += line(axes.left, 12.0, axes.left + axes.width, 12.0, "#aaaaaa")
    body += line(axes.x(0.0), 5.0, axes.x(0.0), 19.0, GREY)
    colour = STATE_COLOUR.get(str(one.get("state")), GREY)
    body += f'<circle cx="{dot:.1f}" cy="12" r="4.5" fill="{colour}" stroke="#000"/>'
    return drawing(160.0, 24.0, f"{z:+.1f} standard deviations of the null", body)
