"""How much of everybody's time was measurable, and what took the rest."""

from html import escape

from edge.missing import missing_words
from edge.reporting.recording import Recording
from edge.reporting.svg import BLUE, LIGHT, drawing, rectangle
from edge.reporting.tables import table

BAR_PX = (180.0, 14.0)
HEAD = ("who", "measurable", "", "why not the rest")


def time(recording: Recording) -> str:
    """Return a row for each person; nothing where the recording does not know."""
    rows = [
        [
            escape(recording.title(person)),
            f"{share:.0%}",
            _bar(share),
            escape(words or "nothing worth a word"),
        ]
        for person in recording.people
        if (missing := recording.seen.get(person)) is not None
        for share in [max(0.0, 1.0 - sum(missing.values()))]
        for words in [missing_words(missing)]
    ]
    return table(HEAD, rows, "measurable-time", HEAD.index("")) if rows else ""


def _bar(share: float) -> str:
    wide, high = BAR_PX
    body = rectangle((0.0, 2.0, wide, high - 4.0), LIGHT) + rectangle(
        (0.0, 2.0, wide * share, high - 4.0), BLUE
    )
    return drawing(BAR_PX, f"{share:.0%} measurable", body)
