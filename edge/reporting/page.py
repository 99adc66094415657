"""The page: one HTML file, nothing loaded from anywhere."""

import base64
import hashlib
from collections.abc import Sequence
from html import escape
from pathlib import Path

from edge.reporting import missing
from edge.reporting.found import Found, away
from edge.reporting.heat import SECTION, heat
from edge.reporting.overlay import overlays
from edge.reporting.pairs import followers, profiles
from edge.reporting.recording import Recording
from edge.reporting.timeline import MOST_CURVES, channels, index, timeline
from edge.reporting.verdicts import Meaning, measures

HERE = Path(__file__).parent
ABOUT = (
    "This page shows when faces moved and whether movements followed one another more often than chance. "
    "It shows nothing else about anybody."
)


def page(recording: Recording, meanings: Sequence[Meaning]) -> str:
    """Return the whole page; `meanings` explains each measure and what may not be concluded from it."""
    return document(recording.name, content(recording, meanings))


def document(title: str, *parts: str) -> str:
    """Return a page of these parts; its policy lets it load nothing and run its own script only."""
    style, script = (HERE.joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    style += "".join(_chosen(k) for k in range(MOST_CURVES))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{escape(title)}</title><style>{style}</style></head>"
        f"<body>{''.join(parts)}<script>{script}</script></body></html>\n"
    )


def _chosen(number: int) -> str:
    """Return the rule that shows the curves of the chosen channel."""
    chosen = f'.curves:has(option[value="{number}"]:checked) .c{number}'
    return f"{chosen},.curves:not(:has(option)) .c{number}{{display:inline}}\n"


def content(
    recording: Recording, meanings: Sequence[Meaning], scope: str = "", curves: int = MOST_CURVES
) -> str:
    """Return everything about one recording; `scope` begins its anchors, `curves` is the most drawn."""
    people = len(recording.people)
    lively = bool(recording.signals or recording.movements)
    moments = overlays(recording, away(recording), scope) if lively else {}
    found = Found(recording, moments, {one.name: one.not_claimed for one in meanings})
    drawn = timeline(recording, "".join(one.drawn for one in moments.values()), curves) if lively else ""
    sections = [
        f"<h1>{escape(recording.name)}</h1>",
        f'<p class="note">{_head(recording)} {ABOUT}</p>',
        section("What stands out", found.section(), _FOUND),
        section("The room", index(recording), _INDEX),
        section("Measurable time", missing.time(recording), _MISSING),
        section("Signals and movements", drawn, _timeline(recording, curves)),
        section("Who follows whom", followers(recording) if people > 1 else "", _FOLLOWERS),
        section("Lag profiles", profiles(recording), _PROFILES),
        section("Windows by lags", heat(recording), _HEAT),
        section("Every measure", measures(recording, meanings), _MEASURES),
    ]
    return f'<main data-recording="{escape(recording.name)}">{"".join(sections)}{_origin(recording)}</main>'


_FOUND = (
    "Every verdict away from chance after correction over all pairs and measures. The correction lets about "
    "one in ten of these through by chance. An arrow: the first person moves first."
)
_INDEX = "Place of the pooled synchrony of all pairs under its own null."
_MISSING = "The share of each person's time in which the face could be measured, and why not the rest."
_FOLLOWERS = (
    "Upper half: synchrony of both faces, in standard deviations of its null, in the row of whoever moves "
    "first. Lower half: timely answers of the column to smiles of the row, above jittered ones."
)
_PROFILES = (
    "Grey band: where 95 % of single far lags lie. Orange: the lag of the pair, where it is above chance."
)
_HEAT = (
    f"Correlation of both faces in windows of {SECTION.window_s:g} s: blue where they move alike, orange "
    "where they move against each other, by the lag of the second person behind the first. A pair that "
    "follows has a blue band at its lag; single blue spots come by chance."
)
_MEASURES = (
    "Dot: the value in standard deviations of its null; grey band: 95 % of the null; a triangle lies beyond "
    "the scale. p: rank among the draws of the null. State: after correction over all pairs and measures. "
    "Interval: where the measure has one."
)


def _head(recording: Recording) -> str:
    """Return length, people by seat, and profile."""
    people = recording.people
    length_s = recording.end_s - recording.start_s
    profile = f", profile {escape(recording.profile)}" if recording.profile else ""
    told = f"{length_s:.0f} s, {len(people)} people{profile}."
    seated = [f"{recording.label(person)} ({person})" for person in people if person in recording.seats]
    return f"{told} From left to right: {escape(', '.join(seated))}." if seated else told


def _origin(recording: Recording) -> str:
    """Return the foot of the page: what made the numbers, so that they can be made again."""
    if not recording.origin:
        return ""
    span = f"{recording.start_s:.6g} to {recording.end_s:.6g} s"
    return f'<footer class="note">{escape(recording.origin)}; {span}</footer>'


def _timeline(recording: Recording, curves: int) -> str:
    names = channels(recording)
    told = "Curves: one channel of everybody, the lowest and highest value of each column of pixels. "
    bars = "Bars: movements from onset to offset; circles: brief ones of at most half a second."
    return f"{told}{_left(names, curves)}{bars}" if names else bars


def _left(names: Sequence[str], curves: int) -> str:
    """Count the channels that are not drawn."""
    return f"{curves} of {len(names)} channels are drawn. " if len(names) > curves else ""


def section(title: str, body: str, note: str = "") -> str:
    """Return a heading with its note and body; nothing where the body is empty."""
    if not body:
        return ""
    words = f"<p class=note>{escape(note)}</p>" if note else ""
    return f"<section><h2>{escape(title)}</h2>{words}{body}</section>"
