"""SVG by hand: a few shapes, axes, and colours that survive colour blindness."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from edge.palette import OKABE_ITO

BLUE, ORANGE, RED = OKABE_ITO["blue"], OKABE_ITO["orange"], OKABE_ITO["red"]
PEOPLE = tuple(OKABE_ITO[name] for name in ("blue", "orange", "green", "purple", "sky", "red"))
INK, GREY, FAINT, LIGHT = "#1a1a1a", "#5a5a5a", "#bdbdbd", "#e3e3e3"
STATE_COLOUR = {"above": BLUE, "below": ORANGE, "at_chance": "#d0d0d0", "insufficient": "#ffffff"}
ROOT_PX = 15.0  # of a page's letters, beside which drawings have their size
Points = Sequence[tuple[float, float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """A plot area inside a drawing: data to pixels, y upwards."""

    box: tuple[float, float, float, float]
    """Left, top, width, height, px."""
    x_span: tuple[float, float]
    """Data at the left and right edge."""
    y_span: tuple[float, float]
    """Data at the lower and upper edge."""

    @property
    def bottom(self) -> float:
        """Pixel row of the lower edge."""
        return self.box[1] + self.box[3]

    @property
    def right(self) -> float:
        """Pixel column of the right edge."""
        return self.box[0] + self.box[2]

    def x(self, value: float) -> float:
        """Pixel column of a value."""
        low, high = self.x_span
        return self.box[0] + self.box[2] * (value - low) / ((high - low) or 1.0)

    def y(self, value: float) -> float:
        """Pixel row of a value."""
        low, high = self.y_span
        return self.bottom - self.box[3] * (value - low) / ((high - low) or 1.0)

    def x_axis(self, label: str, ticks: Sequence[float]) -> str:
        """Draw the lower axis with ticks and label."""
        left, _, width, _ = self.box
        parts = [line((left, self.bottom), (self.right, self.bottom), GREY)]
        for value in ticks:
            at = self.x(value)
            parts.append(line((at, self.bottom), (at, self.bottom + 4), GREY))
            parts.append(text((at, self.bottom + 16), f"{value:g}", anchor="middle"))
        parts.append(text((left + width / 2, self.bottom + 32), label, anchor="middle"))
        return "".join(parts)

    def y_axis(self, label: str, ticks: Sequence[float]) -> str:
        """Draw the left axis with ticks and a label that reads upwards."""
        left, top, _, height = self.box
        parts = [line((left, top), (left, self.bottom), GREY)]
        for value in ticks:
            parts.append(line((left - 4, self.y(value)), (left, self.y(value)), GREY))
            parts.append(text((left - 7, self.y(value) + 4), f"{value:g}", anchor="end"))
        if label:
            parts.append(text((left - 38, top + height / 2), label, anchor="middle", turn_deg=-90))
        return "".join(parts)

    def curve(self, points: Points, colour: str, width: float = 1.5) -> str:
        """Draw polylines through the points; a missing value breaks the line."""
        runs: list[list[str]] = [[]]
        low, high = self.y_span
        for x, y in points:
            if y is None:
                runs.append([])
            else:
                runs[-1].append(f"{self.x(x):.1f},{self.y(min(max(y, low), high)):.1f}")
        return "".join(
            f'<polyline points="{" ".join(run)}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
            'stroke-linejoin="round"/>'
            for run in runs
            if len(run) > 1
        )


def drawing(size: tuple[float, float], title: str, body: str) -> str:
    """Return one SVG with a title for readers of screens."""
    width, height = size
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{body}</svg>'
    )


def line(
    start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 1.0, dash: str = ""
) -> str:
    """Return a straight line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
        f'stroke="{colour}" stroke-width="{width:g}"{dashes}/>'
    )


def rectangle(
    box: tuple[float, float, float, float], colour: str, opacity: float = 1.0, tip: str = ""
) -> str:
    """Return a filled rectangle (x, y, width, height), with a tooltip."""
    x, y, width, height = box
    title = f"<title>{escape(tip)}</title>" if tip else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="{max(0.0, height):.1f}" '
        f'fill="{colour}" fill-opacity="{opacity:g}">{title}</rect>'
    )


def dot(at: tuple[float, float], radius: float, colour: str, edge: str = "#ffffff", tip: str = "") -> str:
    """Return a filled circle with an edge, with a tooltip."""
    title = f"<title>{escape(tip)}</title>" if tip else ""
    return (
        f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:g}" fill="{colour}" stroke="{edge}" '
        f'stroke-width="1">{title}</circle>'
    )


def text(
    at: tuple[float, float],
    words: str,
    *,
    anchor: str = "start",
    colour: str = GREY,
    bold: bool = False,
    size_px: float = 11.0,
    turn_deg: float = 0.0,
    tip: str = "",
) -> str:
    """Return a line of text; turned around its own place, with a tooltip where it was cut."""
    x, y = at
    weight = ' font-weight="600"' if bold else ""
    title = f"<title>{escape(tip)}</title>" if tip and tip != words else ""
    turn = f' transform="rotate({turn_deg:g} {x:.1f} {y:.1f})"' if turn_deg else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size_px:g}" '
        f'fill="{colour}"{weight}{turn}>{escape(words)}{title}</text>'
    )


def cut(words: str, most: int) -> str:
    """Return words that fit: longer ones end in dots."""
    return words if len(words) <= most else f"{words[: most - 1]}\u2026"


def figure(drawn: str, name: str, width: float) -> str:
    """Return a drawing that scrolls by itself where the page is narrow, and can be saved by its name."""
    wide = f"--w:{width / ROOT_PX:.1f}rem"
    return f'<figure tabindex="0" data-name="{escape(name)}" style="{wide}">{drawn}</figure>'


def ticks(low: float, high: float, about: int = 6) -> list[float]:
    """Return round numbers between two values, roughly `about` of them."""
    span = (high - low) or 1.0
    power = 10.0 ** (len(f"{int(span)}") - 2 if span >= 1 else -3)
    steps: Iterable[float] = (power * m for m in (1, 2, 5, 10, 20, 50, 100, 200, 500))
    step = next((one for one in steps if span / one <= about), span)
    first = int(low / step) - 1
    return [
        round(k * step, 6) for k in range(first, first + 4 * about) if low <= k * step <= high * (1 + 1e-9)
    ]
