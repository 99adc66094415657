"""Days of a room as HTML: the index as a curve, what held when as a strip, both as a table by the hour."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from edge.page.markup import tag, text
from edge.page.stretches import WORDS, Stretch, joined, mean_index, seconds, within
from edge.view.words import number, span

WIDTH, CURVE, STRIP = 1440.0, 72.0, 18.0
HEIGHT = CURVE + STRIP
LABEL_H = 6
"""Hours between two labels."""
SHAPES = {
    "above": (0.0, 0.5),
    "below": (0.5, 0.5),
    "at_chance": (0.44, 0.12),
    "insufficient": (0.85, 0.15),
    "muted": (0.2, 0.6),
    "lost": (0.0, 1.0),
    "quiet": (0.96, 0.04),
}
"""Top and height of each kind in the strip: no two are alike, so that they differ without colour."""
HOUR_MS = 3_600_000
Bounds = tuple[int, int]


def bounds_ms(day: date, zone: tzinfo | None) -> Bounds:
    """Return when a day begins and ends in a zone: 23, 24 or 25 hours."""
    return _midnight_ms(day, zone), _midnight_ms(day + timedelta(days=1), zone)


def _midnight_ms(day: date, zone: tzinfo | None) -> int:
    begin = datetime.combine(day, time(), zone)
    return round((begin if zone else begin.astimezone()).timestamp() * 1000)


def one_day(found: Sequence[Stretch], day: date, zone: tzinfo | None, *, step_ms: int = 60_000) -> str:
    """Return a day's heading and drawing; `step_ms` is the time of one point of the curve."""
    begin_ms, end_ms = bounds_ms(day, zone)
    mine = within(found, begin_ms, end_ms)
    words = "; ".join(f"{WORDS[kind]} {span(total)}" for kind, total in seconds(mine).items())
    drawing = tag(
        "svg",
        tag("line", x1="0", x2=f"{WIDTH:g}", y1=f"{CURVE / 2:g}", y2=f"{CURVE / 2:g}", class_="zero"),
        *(_rectangle(one, begin_ms, end_ms) for one in joined(mine)),
        tag("path", d="".join(_curve(mine, begin_ms, end_ms, step_ms)), class_="index"),
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{day:%A %d %B}: {words or 'still to come'}",
    )
    head = tag("h2", text(f"{day:%A, %d %B %Y}"))
    return tag("div", head, drawing, _axis((begin_ms, end_ms), zone), class_="day")


def _rectangle(one: Stretch, begin_ms: int, end_ms: int) -> str:
    top, height = SHAPES[one.kind]
    scale = WIDTH / (end_ms - begin_ms)
    return tag(
        "rect",
        x=f"{(one.begin_ms - begin_ms) * scale:.1f}",
        y=f"{CURVE + STRIP * top:.1f}",
        width=f"{(one.end_ms - one.begin_ms) * scale:.1f}",
        height=f"{STRIP * height:.1f}",
        class_=one.kind,
    )


def _curve(found: Sequence[Stretch], begin_ms: int, end_ms: int, step_ms: int) -> Iterator[str]:
    """Yield the pieces of a path; it breaks where the index was not measurable."""
    points: dict[int, list[float]] = {}
    for one in found:
        if one.index is not None:
            points.setdefault((one.begin_ms - begin_ms) // step_ms, []).append(one.index)
    for step, values in points.items():
        x = (step + 0.5) * step_ms / (end_ms - begin_ms) * WIDTH
        y = 2 + (CURVE - 4) * (1 - min(max(sum(values) / len(values), 0.0), 1.0))
        yield f"{'L' if step - 1 in points else f'M{x:.1f} {y:.1f}L'}{x:.1f} {y:.1f}"


def _axis(bounds: Bounds, zone: tzinfo | None) -> str:
    """Return the hours under a drawing, where they are even on a day of 23 or 25 hours."""
    begin_ms, end_ms = bounds
    hours = [(at_ms, _local(at_ms, zone)) for at_ms in range(begin_ms, end_ms, HOUR_MS)]
    shown = [(at_ms, one) for at_ms, one in hours if one.hour % LABEL_H == 0]
    labels = (
        tag("span", f"{one:%H:%M}", style=f"left:{(at_ms - begin_ms) / (end_ms - begin_ms):.2%}")
        for at_ms, one in shown
    )
    return tag("div", *labels, class_="axis", aria_hidden="true")


def legend(found: Sequence[Stretch]) -> str:
    """Return how long each kind lasted, beside its mark."""
    rows = (
        tag("li", _mark(kind), text(f"{WORDS[kind]}: "), tag("b", span(total)))
        for kind, total in seconds(found).items()
    )
    return tag("ul", *rows, class_="legend")


def _mark(kind: str) -> str:
    top, height = SHAPES[kind]
    mark = tag("rect", width="24", y=f"{STRIP * top:.1f}", height=f"{STRIP * height:.1f}", class_=kind)
    return tag("svg", mark, viewBox=f"0 0 24 {STRIP:g}", width="24", height="18", aria_hidden="true")


def hours(found: Sequence[Stretch], day: date, zone: tzinfo | None, until_ms: int) -> str:
    """Return a day as a table, an hour a row; hours that a change of the clock doubles have both zones."""
    begin_ms, end_ms = bounds_ms(day, zone)
    heads = tag("tr", *(tag("th", words, scope="col") for words in ("From", "Index", "People", "What held")))
    rows = (_hour(found, at_ms, zone) for at_ms in range(begin_ms, min(end_ms, until_ms), HOUR_MS))
    caption = tag("caption", f"{day:%A %d %B} by the hour", class_="hidden")
    return tag("table", caption, tag("thead", heads), tag("tbody", *rows), class_="hours")


def _hour(found: Sequence[Stretch], at_ms: int, zone: tzinfo | None) -> str:
    mine = within(found, at_ms, at_ms + HOUR_MS)
    held = ", ".join(f"{WORDS[kind]} {span(total)}" for kind, total in seconds(mine).items())
    people = max((one.people for one in mine if one.people is not None), default=None)
    return tag(
        "tr",
        tag("th", f"{_local(at_ms, zone):%H:%M %Z}", scope="row"),
        tag("td", number(mean_index(mine))),
        tag("td", text("" if people is None else f"up to {people}")),
        tag("td", text(held)),
    )


def _local(at_ms: int, zone: tzinfo | None) -> datetime:
    at = datetime.fromtimestamp(at_ms / 1000, zone)
    return at if zone else at.astimezone()
