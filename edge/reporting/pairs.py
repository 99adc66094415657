"""Who follows whom, and how strongly at every lag."""

from edge.lags import profile
from edge.plain import Json
from edge.reporting.numbers import signed
from edge.reporting.recording import Recording
from edge.reporting.svg import (
    BLUE,
    FAINT,
    GREY,
    INK,
    LIGHT,
    PEOPLE,
    RED,
    STATE_COLOUR,
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
from edge.words import STATE_WORDS

CELL_PX = (136.0, 60.0)
PANEL_PX = (312.0, 224.0)
OTHER = "the other is first"
SYNCHRONY, TIMELINESS = "expression_synchrony", "response_timeliness"


def followers(recording: Recording) -> str:
    """Draw the matrix: the row moves first, the column follows; both kinds of evidence in every cell."""
    people = recording.people
    (wide, high), left, top = CELL_PX, 118.0, 52.0
    parts = [text((left, 16.0), "follows", bold=True, colour=INK)]
    middle = top + high * len(people) / 2
    parts.append(text((14.0, middle), "moves first", bold=True, colour=INK, anchor="middle", turn_deg=-90.0))
    for k, person in enumerate(people):
        colour = PEOPLE[k % len(PEOPLE)]
        parts.append(dot((left + wide * (k + 0.5) - 18.0, top - 13.0), 5.0, colour))
        words = recording.label(person)
        at = (left + wide * (k + 0.5) - 9.0, top - 9.0)
        parts.append(text(at, cut(words, 11), bold=True, colour=INK, tip=words))
        parts.append(dot((28.0, top + high * (k + 0.5)), 5.0, colour))
        at = (36.0, top + high * (k + 0.5) + 4.0)
        parts.append(text(at, cut(words, 11), bold=True, colour=INK, tip=words))
    for row, first in enumerate(people):
        for column, second in enumerate(people):
            box = (left + wide * column, top + high * row, wide - 3.0, high - 3.0)
            diagonal = rectangle(box, "#f7f7f7")
            parts.append(_cell(recording, first, second, box) if first != second else diagonal)
    bottom = top + high * len(people)
    parts.append(_legend(left, bottom + 18.0))
    size = (max(620.0, left + wide * len(people) + 10.0), bottom + 34.0)
    return figure(drawing(size, "Who follows whom", "".join(parts)), "who-follows-whom", size[0])


def _legend(left: float, y: float) -> str:
    """Explain the colours."""
    parts = []
    for k, state in enumerate(STATE_WORDS):
        at = left + 112.0 * k
        parts.append(rectangle((at, y - 9.0, 12.0, 12.0), STATE_COLOUR[state]))
        parts.append(_frame((at, y - 9.0, 12.0, 12.0)))
        parts.append(text((at + 17.0, y + 1.0), STATE_WORDS[state]))
    return "".join(parts)


def _cell(recording: Recording, first: int, second: int, box: tuple[float, float, float, float]) -> str:
    """Draw one directed pair: synchrony where its lag puts the first one first, and timely answers."""
    x, y, width, height = box
    synchrony = recording.measures.get((SYNCHRONY, (min(first, second), max(first, second))), {})
    timely = recording.measures.get((TIMELINESS, (first, second)), {})
    lag_s = synchrony.get("lag_s")
    undecided = (synchrony.get("extra") or {}).get("leads") == 0
    leads = undecided or lag_s is None or (lag_s >= 0) == (first < second)
    parts = []
    half = height / 2
    for k, (one, shown, words) in enumerate(
        ((synchrony, leads, _synchrony(synchrony)), (timely, True, _timely(timely)))
    ):
        state = str(one.get("state", "insufficient"))
        lane = (x, y + half * k, width, half - 1.0)
        parts.append(rectangle(lane, STATE_COLOUR.get(state, LIGHT) if shown else "#f7f7f7"))
        colour = ("#ffffff" if state == "above" else INK) if shown else FAINT
        parts.append(text((x + 7.0, y + half * k + 18.0), words if shown else OTHER, colour=colour))
    return "".join([*parts, _frame(box)])


def _frame(box: tuple[float, float, float, float]) -> str:
    x, y, width, height = box
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="none" '
        f'stroke="{FAINT}"/>'
    )


def _synchrony(one: Json) -> str:
    """Return the distance from the null, with the lag where there is one to speak of."""
    z = (one.get("extra") or {}).get("z")
    found = one.get("state") in {"above", "below"} and one.get("lag_s") is not None
    lag = f" at {abs(one['lag_s']):.1f} s" if found else ""
    return "" if z is None else f"z {signed(z)}{lag}"


def _timely(one: Json) -> str:
    return "" if one.get("value") is None else f"answers {signed(one['value'], 2)}"


def profiles(recording: Recording) -> str:
    """Draw the lag profiles of all pairs on one scale."""
    found = {
        subject: one
        for (name, subject), one in sorted(recording.measures.items(), key=lambda item: item[0])
        if name == SYNCHRONY and len(subject) == 2 and _points(one)
    }
    if not found:
        return ""
    edges = [edge for one in found.values() for edge in _reach(one)]
    span = (min(edges), max(edges))
    ordered = sorted(found, key=lambda pair: list(map(recording.people.index, recording.by_seat(pair))))
    drawn = "".join(_profile(recording, pair, span) for pair in ordered)
    return f'<div class="panels">{drawn}</div>'


def _points(one: Json) -> list[tuple[float, float | None]]:
    return profile(one.get("extra") or {})


def _band(one: Json) -> tuple[float, float]:
    mu, sd = one["extra"]["lag_mu"], one["extra"]["lag_sd"]
    return mu - 1.96 * sd, mu + 1.96 * sd


def _reach(one: Json) -> list[float]:
    return [*_band(one), *(z for _, z in _points(one) if z is not None)]


def _profile(recording: Recording, pair: tuple[int, ...], span: tuple[float, float]) -> str:
    """Draw mean Fisher z by lag of one pair over the band of its far lags."""
    one = recording.measures[SYNCHRONY, pair]
    seated = recording.by_seat(pair)
    way = 1 if seated == pair else -1
    first, second = (cut(recording.label(person), 12) for person in seated)
    points = [(way * lag_s, z) for lag_s, z in _points(one)][::way]
    lags = (points[0][0], points[-1][0])
    margin = 0.06 * (span[1] - span[0])
    axes = Axes(
        box=(52.0, 40.0, PANEL_PX[0] - 62.0, PANEL_PX[1] - 82.0),
        x_span=lags,
        y_span=(span[0] - margin, span[1] + margin),
    )
    low, high = _band(one)
    above = one.get("state") == "above"
    tip = "95 % of far lags"
    body = rectangle((axes.box[0], axes.y(high), axes.box[2], axes.y(low) - axes.y(high)), LIGHT, 1.0, tip)
    body += line((axes.x(0.0), axes.box[1]), (axes.x(0.0), axes.bottom), FAINT, 1.0, "3 3")
    body += axes.x_axis(f"lag, s (positive: {first} moves first)", ticks(*lags, 5))
    body += axes.y_axis("mean Fisher z", ticks(*axes.y_span, 5))
    body += axes.curve(points, BLUE if above else GREY, 2.2 if above else 1.4)
    body += text((axes.box[0], 14.0), f"{first} and {second}", bold=True, colour=INK)
    words = STATE_WORDS.get(str(one.get("state")), "")
    if above and one.get("lag_s") is not None:
        words += f", {signed(way * one['lag_s'], 2)} s"
        at = axes.x(way * one["lag_s"])
        body += line((at, axes.box[1]), (at, axes.bottom), RED, 1.4)
    body += text((axes.box[0], 30.0), words, colour=INK if above else GREY)
    drawn = drawing(PANEL_PX, f"Lag profile of {first} and {second}", body)
    return figure(drawn, f"lag-profile-{seated[0]}-{seated[1]}", PANEL_PX[0])
