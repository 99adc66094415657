"""SVG by hand: a few shapes, axes, and colours that survive colour blindness (Okabe & Ito 2008)."""

from collections.abc import Iterable, Sequence
from html import escape

BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE = (
    "#000000",
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#f0e442",
    "#0072b2",
    "#d55e00",
    "#cc79a7",
)
PEOPLE = (BLUE, ORANGE, GREEN, PURPLE, SKY, RED)
GREY, LIGHT = "#555555", "#dddddd"


class Axes:
    """A plot area inside a drawing: data to pixels, y upwards."""

    def __init__(
        self, box: tuple[float, float, float, float], x: tuple[float, float], y: tuple[float, float]
    ) -> None:
        self.left, self.top, self.width, self.height = box
        self.x0, self.x1 = x
        self.y0, self.y1 = y

    def x(self, value: float) -> float:
        """Pixel column of a value."""
        return self.left + self.width * (value - self.x0) / ((self.x1 - self.x0) or 1.0)

    def y(self, value: float) -> float:
        """Pixel row of a value."""
        return self.top + self.height * (1 - (value - self.y0) / ((self.y1 - self.y0) or 1.0))

    def frame(self, x_label: str, y_label: str, x_ticks: Sequence[float], y_ticks: Sequence[float]) -> str:
        """Axes with ticks and labels."""
        bottom = self.top + self.height
        parts = [line(self.left, bottom, self.left + self.width, bottom, GREY)]
        parts.append(line(self.left, self.top, self.left, bottom, GREY))
        for value in x_ticks:
            parts.append(line(self.x(value), bottom, self.x(value), bottom + 4, GREY))
            parts.append(text(self.x(value), bottom + 16, f"{value:g}", anchor="middle"))
        for value in y_ticks:
            parts.append(line(self.left - 4, self.y(value), self.left, self.y(value), GREY))
            parts.append(text(self.left - 7, self.y(value) + 4, f"{value:g}", anchor="end"))
        parts.append(text(self.left + self.width / 2, bottom + 32, x_label, anchor="middle"))
        parts.append(text(self.left, self.top - 8, y_label))
        return "".join(parts)

    def curve(self, points: Iterable[tuple[float, float | None]], colour: str, width: float = 1.5) -> str:
        """Polylines through the points; a missing value breaks the line."""
        runs: list[list[str]] = [[]]
        for x, y in points:
            if y is None:
                runs.append([])
            else:
                runs[-1].append(f"{self.x(x):.1f},{self.y(min(max(y, self.y0), self.y1)):.1f}")
        return "".join(
            f'<polyline points="{" ".join(run)}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
            for run in runs
            if len(run) > 1
        )


def drawing(width: float, height: float, title: str, body: str) -> str:
    """Return one SVG with a title for readers of screens."""
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{body}</svg>'
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1.0, dash: str = "") -> str:  # noqa: PLR0917
    """Return a straight line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        f'stroke-width="{width}"{dashes}/>'
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


def text(
    x: float, y: float, words: str, *, anchor: str = "start", colour: str = GREY, bold: bool = False
) -> str:
    """Return a line of text."""
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{weight}>{escape(words)}</text>'
    )


def ticks(low: float, high: float, about: int = 6) -> list[float]:
    """Round numbers between two values, about so many."""
    span = (high - low) or 1.0
    power = 10.0 ** (len(f"{int(span)}") - 2 if span >= 1 else -2)
    step = next((power * m for m in (1, 2, 5, 10, 20, 50, 100) if span / (power * m) <= about), span)
    first = int(low / step) - 1
    return [round(k * step, 6) for k in range(first, first + 4 * about) if low <= k * step <= high]
