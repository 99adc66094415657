"""People as dots on an arc, in the order in which they are published, and arrows from who moves first."""

import math

from edge.page.markup import tag, text
from edge.plain import Json
from edge.view.model import DeviceView

WIDTH, HEIGHT, RADIUS = 600.0, 150.0, 19.0
Point = tuple[float, float]


def plan(view: DeviceView) -> str:
    """Return the drawing; empty where the profile shows no single people."""
    people = [one["id"] for one in view.live.get("people") or []]
    if view.muted or not people:
        return ""
    seats = {person: _seat(k, len(people)) for k, person in enumerate(people)}
    colour = {person: f"p{k % 6}" for k, person in enumerate(sorted(people))}
    pairs = [one for one in view.live.get("pairs") or [] if one.get("state") == "above"]
    arrows = [_arrow(one, seats) for one in pairs if set(one["pair"]) <= set(seats)]
    dots = [_dot(person, seats[person], colour[person]) for person in people]
    found = f", {len(pairs)} found to follow one another" if pairs else ""
    label = f"{len(people)} people{found}; each is a dot, arrows go from who moves first"
    return tag(
        "svg", _HEAD, *arrows, *dots, viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}", role="img", aria_label=label
    )


_HEAD = (
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="8" refY="5" markerWidth="6" markerHeight="6" '
    'orient="auto"><path d="M0 0L10 5L0 10z" class="tip"/></marker></defs>'
)


def _seat(k: int, people: int) -> Point:
    """Place on a flat arc, left to right."""
    angle = math.pi * (0.5 if people == 1 else 0.1 + 0.8 * k / (people - 1))
    return WIDTH / 2 - math.cos(angle) * WIDTH * 0.42, HEIGHT - 34 - math.sin(angle) * 44


def _dot(person: int, at: Point, colour: str) -> str:
    x, y = f"{at[0]:.0f}", f"{at[1]:.0f}"
    name = tag("text", text(person), x=x, y=f"{at[1] + 5:.0f}", text_anchor="middle")
    return tag("g", tag("circle", cx=x, cy=y, r=f"{RADIUS:g}", class_=colour), name)


def _arrow(pair: Json, seats: dict[int, Point]) -> str:
    """Return an arc from who moves first to who follows, with the lag; without a tip where that is open."""
    first, second = pair["pair"] if (pair.get("lag_s") or 0.0) >= 0 else reversed(pair["pair"])
    (x1, y1), (x2, y2) = seats[first], seats[second]
    top = max(10.0, min(y1, y2) - 30 - abs(x2 - x1) * 0.16)
    side = math.copysign(RADIUS * 0.6, x2 - x1)
    middle = (x1 + x2) / 2
    begin, end = f"{x1 + side:.0f} {y1 - RADIUS:.0f}", f"{x2 - side:.0f} {y2 - RADIUS - 4:.0f}"
    decided = {"marker_end": "url(#tip)"} if pair.get("leader") is not None else {}
    lag_s = pair.get("lag_s")
    lag = "" if lag_s is None else f"{abs(lag_s):.2f} s"
    at = {"x": f"{middle:.0f}", "y": f"{(top + min(y1, y2) - RADIUS) / 2 - 4:.0f}"}
    path = tag("path", d=f"M{begin}Q{middle:.0f} {top:.0f} {end}", class_="arrow", **decided)
    return path + tag("text", lag, text_anchor="middle", class_="lag", **at)
