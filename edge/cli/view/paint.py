"""Lines of exact width: the palette, sparklines, columns. Everything a panel draws is a list of `Text` lines.

No meaning hangs on colour alone.
"""

from collections.abc import Sequence

from rich.text import Text

from edge.palette import OKABE_ITO

SKY, AMBER, RED = OKABE_ITO["sky"], OKABE_ITO["orange"], OKABE_ITO["red"]
DIM, BOLD, PLAIN = "bright_black", "bold", ""
STATE_STYLE = {"above": f"bold {SKY}", "below": f"bold {AMBER}", "at_chance": PLAIN, "insufficient": DIM}
BARS = "▁▂▃▄▅▆▇█"
TOP_SD = 8.0  # a signal of this many of its own standard deviations fills a sparkline; larger ones stretch it


def line(*parts: str | tuple[str, str], width: int) -> Text:
    """One line of the parts (text, or text and style), cut or padded to the width."""
    text = Text(no_wrap=True, overflow="ellipsis", end="")
    for part in parts:
        text.append(*((part,) if isinstance(part, str) else part))
    text.truncate(width, overflow="ellipsis")
    text.pad_right(max(0, width - text.cell_len))
    return text


def split(left: Text, right: Text, width: int) -> Text:
    """Two texts at the two ends of one line; the left one gives way."""
    left, right = left.copy(), right.copy()
    right.truncate(max(0, width - 2), overflow="ellipsis")
    room = max(0, width - right.cell_len - 1)
    left.rstrip()
    left.truncate(room, overflow="ellipsis")
    left.pad_right(max(0, width - right.cell_len - left.cell_len))
    return left.append_text(right)


def beside(left: list[Text], right: list[Text], left_width: int, gap: int, height: int) -> list[Text]:
    """Two blocks of lines side by side, `height` lines high."""
    lines = []
    for row in range(height):
        text = left[row].copy() if row < len(left) else Text(" " * left_width, end="")
        text.append(" " * gap)
        if row < len(right):
            text.append_text(right[row])
        lines.append(text)
    return lines


def title(words: str, hint: str, width: int) -> Text:
    """Heading of a panel: bold words, a dim hint."""
    return line((words, BOLD), "  ", (hint, DIM), width=width)


def bins(
    samples: Sequence[tuple[float, float | None]], *, end_s: float, step_s: float, n: int
) -> list[float | None]:
    """Highest value in each of the last `n` steps of time; a single step without a sample repeats its left.

    Steps lie on multiples of `step_s`, so that a sparkline moves on without flicker.
    """
    last = int(end_s // step_s)
    found: list[list[float]] = [[] for _ in range(n)]
    for t_s, value in samples:
        position = n - 1 - (last - int(t_s // step_s))
        if 0 <= position < n and value is not None:
            found[position].append(value)
    values = [max(one) if one else None for one in found]
    return [
        values[k - 1] if value is None and k and found[k - 1] and k < n - 1 and found[k + 1] else value
        for k, value in enumerate(values)
    ]


def spark(values: Sequence[float | None], style: str, rows: int) -> list[Text]:
    """Bars `rows` lines high, from the resting value 0 to `TOP_SD` or the highest; blank: not measurable."""
    top = max([TOP_SD, *[value for value in values if value is not None]])
    steps = rows * len(BARS)
    levels = [None if value is None else min(steps, max(1, round(value / top * steps))) for value in values]
    lines = []
    for row in reversed(range(rows)):
        text = Text(end="")
        for level in levels:
            part = 0 if level is None else min(len(BARS), max(0, level - row * len(BARS)))
            text.append(" " if part == 0 else BARS[part - 1], DIM if level == 1 else style)
        lines.append(text)
    return lines
