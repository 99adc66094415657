"""Curves of the last minute, one row a person: smile above, brow below; gaps where nothing was measurable."""

from collections.abc import Iterable

from edge.page.markup import tag, text
from edge.plain import Json
from edge.view.model import DeviceView

SPAN_S = 60.0
STEP_S = 0.2
"""Time of one point."""
WIDTH, HEIGHT = 600, 64
LOW, HIGH = -3.0, 14.0  # robust sd: what is drawn; a stronger movement stands at the edge


def curves(view: DeviceView) -> str:
    """Return the rows of everybody whom the profile shows; empty where it shows nobody."""
    if view.muted or "people" not in view.live:
        return ""
    end_s = float(view.live.get("t_s") or 0.0)
    return "".join(_row(view, one, number, end_s) for number, one in enumerate(view.people))


def _row(view: DeviceView, one: Json, number: int, end_s: float) -> str:
    samples = list(view.samples.get(one["id"], ()))
    learnt = any(sample.smile is not None for sample in samples)
    label = f"Person {one['id']}: smile and brow, last {SPAN_S:.0f} s"
    parts = [
        tag("line", x1="0", x2=str(WIDTH), y1=_y(0.0), y2=_y(0.0), class_="zero"),
        _line(((one.t_s, one.brow) for one in samples), end_s, "brow"),
        _line(((one.t_s, one.smile) for one in samples), end_s, "smile"),
    ]
    drawn = tag(
        "svg",
        *parts,
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=label,
    )
    note = "" if learnt else tag("span", "learning this face", class_="note")
    name = tag("span", tag("i", class_=f"dot p{number % 6}"), text(one["id"]), class_="who")
    return tag("div", name, tag("div", drawn, note, class_="plot"), class_="curve")


def _line(points: Iterable[tuple[float, float | None]], end_s: float, name: str) -> str:
    """Return one curve as a path that breaks at gaps."""
    path, broken, last = [], True, -1
    for t_s, value in points:
        step = int((t_s - end_s + SPAN_S) / STEP_S)
        if step < 0 or step == last:
            continue
        last = step
        if value is None:
            broken = True
            continue
        path.append(f"{'M' if broken else 'L'}{step * STEP_S / SPAN_S * WIDTH:.0f} {_y(value)}")
        broken = False
    return tag("path", d="".join(path), class_=name)


def _y(value: float) -> str:
    return f"{HEIGHT - 2 - (HEIGHT - 4) * (min(max(value, LOW), HIGH) - LOW) / (HIGH - LOW):.0f}"
