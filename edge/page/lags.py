"""How strongly two people move together at every lag, of each pair in the last summary, beside far lags."""

from edge.page.markup import tag, text
from edge.plain import Json
from edge.view.model import DeviceView
from edge.view.words import STATES, follows

WIDTH, HEIGHT, EDGE = 300.0, 96.0, 4.0
SHOWN = 6
"""Pairs drawn, the surest first."""
BAND = 1.96
"""Spreads of far lags on either side of their mean: 95 % of them."""
Span = tuple[float, float]
Points = list[tuple[float, float | None]]


def profiles(view: DeviceView) -> str:
    """Return the drawings, all on one scale; empty where the profile shows no single people."""
    found = [] if view.muted else view.summary.get("lag_profiles") or []
    if not found:
        return ""
    judged = {tuple(one["pair"]): one for one in view.summary.get("pairs") or []}
    both = [(one, judged.get(tuple(one["pair"]), {})) for one in found]
    both.sort(key=lambda two: (two[1].get("state") != "above", -(two[1].get("evidence") or -9.0)))
    span = _span(found)
    more = f" {len(both) - SHOWN} more pairs are not drawn." if len(both) > SHOWN else ""
    drawn = (_figure(one, pair, span) for one, pair in both[:SHOWN])
    return tag("h3", "By lag") + "".join(drawn) + tag("p", KEY + more, class_="note")


KEY = (
    "How alike the movements of two people are when one is shifted against the other, as of the last minute. "
    "Shaded: 95 % of shifts of 30 s and more, where no answer can be."
)


def _figure(one: Json, pair: Json, span: Span) -> str:
    """Return the curve of one pair under what was found; its lag is marked where it was."""
    i, j = one["pair"]
    points = _points(one)
    lag_s = pair.get("lag_s") if pair.get("state") == "above" else None
    words = _found(pair, [i, j], lag_s)
    ends = (points[0][0], points[-1][0])
    drawing = tag(
        "svg",
        *_drawn(points, _band(one), lag_s, span),
        viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{words}. {_spoken(points, _band(one))}",
    )
    labels = (f"{ends[0]:+.1f} s: {j} moves first", "0 s", f"{ends[1]:+.1f} s: {i} moves first")
    axis = tag("div", *(tag("span", text(label)) for label in labels), class_="lags", aria_hidden="true")
    return tag("figure", tag("figcaption", text(words)), drawing, axis, class_="lag")


def _drawn(points: Points, band: Span, lag_s: float | None, span: Span) -> list[str]:
    """Return the band of far lags, lag 0, the curve, and the lag that was found."""
    first_s, last_s = points[0][0], points[-1][0]

    def x(lag_s: float) -> str:
        return f"{WIDTH * (lag_s - first_s) / (last_s - first_s):.1f}"

    def y(z: float) -> float:
        return round(EDGE + (HEIGHT - 2 * EDGE) * (span[1] - z) / (span[1] - span[0]), 1)

    def upright(lag_s: float, name: str) -> str:
        return tag("line", x1=x(lag_s), x2=x(lag_s), y1="0", y2=f"{HEIGHT:g}", class_=name)

    top, bottom = y(band[1]), y(band[0])
    curve, last = "", None
    for one_s, z in points:
        curve += "" if z is None else f"{'M' if last is None else 'L'}{x(one_s)} {y(z)}"
        last = z
    return [
        tag("rect", x="0", width=f"{WIDTH:g}", y=f"{top}", height=f"{bottom - top:.1f}", class_="band"),
        upright(0.0, "zero"),
        tag("path", d=curve, class_="index"),
        "" if lag_s is None else upright(lag_s, "peak"),
    ]


def _found(pair: Json, who: list[int], lag_s: float | None) -> str:
    """Return the verdict in words, with who follows whom where that was found."""
    mark, words = STATES.get(str(pair.get("state")), STATES["insufficient"])
    decided = pair.get("leader") is not None
    whom = f"{who[0]} and {who[1]}" if lag_s is None else follows(who, lag_s, decided=decided)
    return f"{whom}: {mark} {words}"


def _spoken(points: Points, band: Span) -> str:
    """Return the curve for those who hear it."""
    known = [(z, lag_s) for lag_s, z in points if z is not None]
    if not known:
        return "No lag was measurable."
    z, lag_s = max(known)
    return (
        f"Mean Fisher z is highest, {z:.2f}, at a lag of {lag_s:+.1f} s; "
        f"95 % of far lags lie between {band[0]:.2f} and {band[1]:.2f}."
    )


def _span(found: list[Json]) -> Span:
    """Return the lowest and the highest of what is drawn."""
    reach = [z for one in found for z in (*_band(one), *one["z"]) if z is not None]
    return min(reach), max(*reach, min(reach) + 0.01)


def _points(one: Json) -> Points:
    """Return lag, s, and mean Fisher z."""
    return [(one["first_s"] + k * one["step_s"], z) for k, z in enumerate(one["z"])]


def _band(one: Json) -> Span:
    mu, sd = one["mu"], one["sd"]
    return mu - BAND * sd, mu + BAND * sd
