"""The moments behind verdicts: drawn over the timeline when somebody follows the link, and listed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from edge.reporting.movements import WITHIN_S, Moment, moments
from edge.reporting.numbers import minutes
from edge.reporting.recording import Key, Recording, Subject
from edge.reporting.svg import BLUE, INK, PEOPLE, Axes, rectangle, text
from edge.reporting.tables import table
from edge.reporting.timeline import LEFT, rows

LISTED_N = 300
_LISTED = (
    f"One person began to move the brow or the mouth's corners, another the same {WITHIN_S[0]:g} to "
    f"{WITHIN_S[1]:g} s later. Some do so by chance: a verdict rests on how many there are."
)


@dataclass(frozen=True, slots=True)
class Overlay:
    """The moments of some people."""

    link: str
    """Link to the drawing, and the list."""
    drawn: str
    """Group of SVG for the timeline, shown when it is the target of a link."""


def overlays(recording: Recording, keys: Sequence[Key], scope: str) -> dict[Subject, Overlay]:
    """Return the moments of every pair and of the room among these verdicts, where there are any."""
    groups: dict[Subject, list[Key]] = {}
    for key in keys:
        groups.setdefault(recording.by_seat(key[1]), []).append(key)
    found = {}
    for k, (subject, own) in enumerate(groups.items()):
        shared = moments(recording, subject or recording.people)
        spans = [span for key in own for span in recording.above.get(key, ())]
        if shared or (spans and len(recording.index)):
            place = f"{scope}m{k}"
            found[subject] = Overlay(
                _link(recording, shared, spans, place), _drawn(recording, subject, shared, spans, place)
            )
    return found


def _link(
    recording: Recording, shared: Sequence[Moment], spans: Sequence[tuple[float, float]], place: str
) -> str:
    """Return the link to the drawing, then the moments as a table that can be unfolded."""
    told = [f"{len(shared)} moments"] if shared else []
    told += ["the time above chance"] if spans else []
    link = f'<p class=jump><a href="#{place}">Show {" and ".join(told)} on the timeline</a></p>'
    if not shared:
        return link
    listed = [
        (
            minutes(one.t_s),
            recording.label(one.first),
            one.lane,
            recording.label(one.second),
            f"{one.after_s:.2f}",
        )
        for one in shared[:LISTED_N]
    ]
    rest = f" The first {LISTED_N} of them." if len(shared) > LISTED_N else ""
    head = ("time, min:s", "first", "part", "then", "after, s")
    body = table(head, [[escape(cell) for cell in row] for row in listed], "moments")
    return (
        f"{link}<details><summary>List the moments</summary><p class=note>{_LISTED}{rest}</p>{body}</details>"
    )


def _drawn(
    recording: Recording,
    subject: Subject,
    shared: Sequence[Moment],
    spans: Iterable[tuple[float, float]],
    place: str,
) -> str:
    """Shade the time above chance, join each first movement with the one that followed."""
    areas = rows(recording)
    top, bottom = min(one.box[1] for one in areas.values()), max(one.bottom for one in areas.values())
    body = ""
    for start_s, end_s in spans:
        left, right = (areas[recording.people[0]].x(t_s) for t_s in (start_s, end_s))
        body += rectangle((left, top, max(1.0, right - left), bottom - top), BLUE, 0.08)
    for k, person in enumerate(recording.people):
        body += _strokes([one for one in shared if one.first == person], areas, PEOPLE[k % len(PEOPLE)])
    who = " and ".join(map(recording.label, subject)) or "the room"
    body += text((LEFT, 10.0), f"moments of {who}", colour=INK, bold=True)
    return f'<g class="moments" id="{place}">{body}</g>'


def _strokes(shared: Sequence[Moment], areas: Mapping[int, Axes], colour: str) -> str:
    """Draw one person's movements that others followed: a dot, and a line to the follower's."""
    if not shared:
        return ""
    ends = [
        (
            areas[one.first].x(one.t_s),
            areas[one.first].bottom,
            areas[one.second].x(one.t_s + one.after_s),
            areas[one.second].bottom,
        )
        for one in shared
    ]
    lines = "".join(f"M{x:.1f} {y:g}L{u:.1f} {v:g}" for x, y, u, v in ends)
    dots = "".join(f"M{x:.1f} {y:g}h0" for x, y, _, _ in ends)
    return (
        f'<path d="{lines}" stroke="{colour}" stroke-width="1.5" fill="none"/>'
        f'<path d="{dots}" stroke="{colour}" stroke-width="7" stroke-linecap="round" fill="none"/>'
    )
