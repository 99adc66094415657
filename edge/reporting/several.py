"""One page of many recordings: a table of all, every measure over all, then each one whole."""

from collections import Counter
from collections.abc import Sequence
from html import escape

from edge.plain import finite
from edge.reporting.page import ABOUT, content, document, section
from edge.reporting.page import page as single
from edge.reporting.recording import Recording
from edge.reporting.svg import figure
from edge.reporting.tables import table
from edge.reporting.timeline import MOST_CURVES
from edge.reporting.verdicts import Meaning
from edge.words import STATE_WORDS

HEADS = tuple(STATE_WORDS.values())
STUDY_PX = 760.0
ALL_CURVES = 200
"""Curves of a page of many recordings: each has as many channels to choose from as that allows."""
_ALL = (
    "Verdicts on pairs and on the room, corrected within each recording. Of many recordings some have one by "
    "chance: whether all of them together move more than chance is the question of a study."
)
_MEASURES = (
    "In how many recordings a measure had such a verdict on any pair or the room, and how many verdicts."
)
_STUDY = (
    "Blue: how strongly the partners of each dyad move together. Orange: the same two out of step. Grey: "
    "pseudo-dyads, people who never met."
)


def pages(recordings: Sequence[Recording], meanings: Sequence[Meaning], figures: Sequence[str] = ()) -> str:
    """Return the page of one recording, or of many with the figures of studies before them."""
    if len(recordings) == 1 and not figures:
        return single(recordings[0], meanings)
    title = f"{len(recordings)} recordings" if recordings else "A study"
    curves = _curves(recordings)
    each = [
        f'<article id="r{k}">{content(one, meanings, f"r{k}", curves)}</article>'
        for k, one in enumerate(recordings, start=1)
    ]
    return document(
        title,
        f'<h1>{title}</h1><p class="note">{ABOUT}</p>',
        section("Study", "".join(figure(one, "study", STUDY_PX) for one in figures), _STUDY),
        section("All recordings", _table(recordings) if recordings else "", _ALL),
        section("Every measure over all", _over_all(recordings), _MEASURES),
        *each,
    )


def _states(recording: Recording, name: str = "") -> Counter[str]:
    """Count the states of the verdicts on pairs and the room, of one measure or of all."""
    return Counter(
        str(one.get("state"))
        for (own, subject), one in recording.measures.items()
        if len(subject) != 1 and name in {"", own}
    )


def _table(recordings: Sequence[Recording]) -> str:
    rows = []
    for k, one in enumerate(recordings, start=1):
        counts, index = _states(one), one.measures.get(("mimicry_index", ()), {})
        value = finite(index.get("value"), 3)
        cells = [
            f'<a href="#r{k}">{escape(one.name)}</a>',
            f"{one.end_s - one.start_s:.0f}",
            str(len(one.people)),
            *(str(counts[state]) for state in STATE_WORDS),
            "" if value is None else f"{value:g}",
        ]
        rows.append(cells)
    return table(("recording", "s", "people", *HEADS, "index of the room"), rows, "recordings")


def _over_all(recordings: Sequence[Recording]) -> str:
    """Return a row for each measure: recordings with such a verdict, and verdicts."""
    rows = []
    for name in dict.fromkeys(name for one in recordings for name, _ in one.measures):
        counts = [_states(one, name) for one in recordings]
        if total := sum(counts, Counter()):
            cells = [f"{sum(one[state] > 0 for one in counts)} ({total[state]})" for state in STATE_WORDS]
            rows.append([f"<code>{escape(name)}</code>", *cells])
    return table(("measure", *HEADS), rows, "measures") if rows else ""


def _curves(recordings: Sequence[Recording]) -> int:
    """Return how many channels each recording may draw."""
    people = sum(len(one.signals) for one in recordings)
    return max(1, min(MOST_CURVES, ALL_CURVES // max(1, people)))
