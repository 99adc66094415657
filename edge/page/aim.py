"""What aiming finds, as HTML: each camera's picture as an outline, each seat against what it needs."""

import math

from edge.page.markup import badge, facts, tag, text
from edge.plain import Json
from edge.view.words import number, span

FACE = 1.6  # width of a face over the distance between the outer corners of its eyes
OVER = 1.25  # end of a size's bar over the largest need


def head(report: Json) -> str:
    """Return how long it goes on, or why it is over, and that nothing of it is kept."""
    ended = report.get("ended")
    time = f"{span(report['left_s'])} left" if report else "The cameras are being opened"
    state = f"It is over: {ended}. These figures cover all of it." if ended else f"{time}."
    words = (
        "Nothing is recorded or published, and no picture is shown. A seat is a place: nobody is recognised."
    )
    lead = tag("p", text(state), class_="lead ended" if ended else "lead")
    return tag("h1", "Aim") + lead + tag("p", words, class_="note")


def cameras(report: Json) -> str:
    """Return every camera with its seats."""
    return "".join(_camera(one, report["needs_px"]) for one in report.get("cameras") or [])


def _camera(camera: Json, needs_px: Json) -> str:
    width, height = camera["size_px"]
    rate = number(camera["camera_fps"], ".1f")
    figures = facts(
        [
            ("picture", f"{width} × {height} px"),
            ("frames a second", f"{rate}, {number(camera['processed_fps'], '.1f')} of them processed"),
            ("light, of 255", number(camera["light"], "g")),
        ]
    )
    seats = [_seat(one, needs_px) for one in camera["seats"]]
    parts = (
        tag("h2", f"Camera {text(camera['camera'])}"),
        figures,
        _changes(camera["change"]),
        outline(camera),
        tag("ul", *seats, class_="seats") if seats else "",
    )
    return tag("section", *parts, class_="card camera")


def outline(camera: Json) -> str:
    """Draw the picture's edge with a numbered box for each face and a line to where it looks."""
    width, height = camera["size_px"]
    boxes = [_box(one, width, height) for one in camera["seats"]]
    label = f"Picture of camera {camera['camera']} as an outline: {len(boxes)} faces"
    edge = tag("rect", width=f"{width}", height=f"{height}", class_="edge")
    size = {"viewBox": f"0 0 {width} {height}", "role": "img", "aria_label": label}
    return tag("svg", edge, *boxes, class_="outline", **size)


def _box(seat: Json, width: int, height: int) -> str:
    if None in (seat["x"], seat["y"], seat["size_px"]):
        return ""
    side, x, y = FACE * seat["size_px"], seat["x"] * width, seat["y"] * height
    place = {"x": f"{x - side / 2:.0f}", "y": f"{y - side / 2:.0f}", "width": f"{side:.0f}"}
    box = tag("rect", **place, height=f"{side:.0f}", rx=f"{side / 8:.0f}", class_="face")
    name = tag("text", text(seat["seat"]), x=f"{x:.0f}", y=f"{y - side / 2 - height / 60:.0f}")
    return tag("g", box, _look(seat, x, y, side), name, class_=_grave(seat), font_size=f"{height / 18:.0f}")


def _look(seat: Json, x: float, y: float, length: float) -> str:
    if None in (seat["yaw_deg"], seat["pitch_deg"]):
        return ""
    aside, up = (length * math.sin(math.radians(seat[name])) for name in ("yaw_deg", "pitch_deg"))
    ends = {"x1": x, "y1": y, "x2": x + aside, "y2": y - up}
    return tag("line", **{name: f"{value:.0f}" for name, value in ends.items()}, class_="look")


def _seat(seat: Json, needs_px: Json) -> str:
    mark, words = ("!", "to change") if seat["change"] else ("●", "good")
    name = tag("h3", f"Seat {text(seat['seat'])}: ", badge(mark, words, _grave(seat)))
    figures = facts(
        [
            ("enough for", str(seat["enough_for"])),
            ("turned, nose up", f"{number(seat['yaw_deg'], 'g')}°, {number(seat['pitch_deg'], 'g')}°"),
            ("light, exposure", f"{number(seat['light'], 'g')}, {number(seat['exposure'], 'g')}"),
            ("sharpness", number(seat["sharpness"])),
            ("smile readable", f"{seat['readable']:.0%} of the time"),
        ]
    )
    return tag("li", name, size(seat["size_px"], needs_px), _changes(seat["change"]), figures)


def size(size_px: float | None, needs_px: Json) -> str:
    """Return a face's size as a bar with a tick at every need, and in words the first that it misses."""
    end_px, is_px = OVER * max(needs_px.values()), size_px or 0.0
    ticks = [tag("span", class_="tick", style=f"left:{px / end_px:.0%}") for px in needs_px.values()]
    fill = tag("span", class_="fill", style=f"width:{min(1.0, is_px / end_px):.0%}")
    missed = [f"{px:g} px for {name}" for name, px in needs_px.items() if is_px < px]
    words = f"{number(size_px, '.0f')} of {missed[0]}" if missed else f"{is_px:.0f} px, enough for everything"
    bar = tag("span", fill, *ticks, class_="bar", aria_hidden="true")
    return tag("p", bar, tag("span", text(words)), class_="evidence")


def _changes(changes: list[str]) -> str:
    return tag("ul", *(tag("li", text(words)) for words in changes), class_="changes") if changes else ""


def _grave(seat: Json) -> str:
    return "warn" if seat["change"] else "good"
