"""Tables of the page: a row becomes a card where the page is narrow, and a script saves them as CSV."""

from collections.abc import Sequence
from html import escape

PLOT = ' class="plot"'


def table(head: Sequence[str], rows: Sequence[Sequence[str]], name: str, plot: int | None = None) -> str:
    """Return a table of these cells, which are HTML; `plot` is the column that holds drawings only."""
    heads = "".join(f"<th{PLOT if k == plot else ''}>{cell}</th>" for k, cell in enumerate(head))
    words = [PLOT if k == plot else f' data-head="{escape(cell)}"' for k, cell in enumerate(head)]
    lines = "".join(f"<tr>{_cells(row, words)}</tr>" for row in rows)
    named = f'data-name="{escape(name)}"'
    return f"<table {named}><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"


def _cells(row: Sequence[str], words: Sequence[str]) -> str:
    """Return the cells of a row; each has its column's words for pages where the head has no room."""
    return "".join(f"<td{word}>{cell}</td>" for word, cell in zip(words, row, strict=True))
