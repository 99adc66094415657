"""A room's past as stretches of time in each of which one thing holds; what nobody knows is one of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from edge.campus.past import Past, Summary
from edge.config.sections import K_WORKPLACE
from edge.words import STATE_WORDS

WORDS = STATE_WORDS | {
    "muted": "muted",
    "lost": "results are missing",
    "quiet": "nothing came: off, away, or not collected",
}
"""Kinds of stretches."""
SLACK_MS = 5_000
"""Longest time between two summaries that follow one another."""
USUAL_S = 60.0
"""Length of a summary that does not name its own."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of time of one kind (`WORDS`)."""

    begin_ms: int
    end_ms: int
    kind: str
    index: float | None = None
    """The room's index, .5 is chance."""
    people: int | None = None


def stretches(past: Past, begin_ms: int, end_ms: int) -> list[Stretch]:
    """Return the span without gaps or overlaps, in order."""
    return [one for one in _all(past, begin_ms, end_ms) if one.end_ms > one.begin_ms]


def _all(past: Past, begin_ms: int, end_ms: int) -> Iterator[Stretch]:
    at_ms, before = begin_ms, None
    for one in past.summaries:
        from_ms = one.end_ms - round(1000 * (one.window_s or USUAL_S))
        if from_ms - at_ms > SLACK_MS:
            hole = Stretch(at_ms, min(from_ms, end_ms), _hole(past, before, one))
            yield from _without_mutes(past, hole)
            at_ms = hole.end_ms
        yield replace(_shown(one, past.profile), begin_ms=at_ms, end_ms=min(one.end_ms, end_ms))
        at_ms, before = min(max(at_ms, one.end_ms), end_ms), one
    yield from _without_mutes(past, Stretch(at_ms, end_ms, "quiet"))


def _shown(one: Summary, profile: str) -> Stretch:
    """Return what may be shown of a summary: what its profile and today's both allow."""
    profiles = {one.profile, profile}
    if "personal" in profiles or ("workplace" in profiles and (one.people or 0) < K_WORKPLACE):
        return Stretch(0, 0, "insufficient", people=one.people)
    kind = one.state if one.state in STATE_WORDS else "insufficient"
    return Stretch(0, 0, kind, one.index, one.people)


def _hole(past: Past, before: Summary | None, after: Summary) -> str:
    """Return whether results that were sent are missing between two summaries."""
    if before is None or after.boot not in past.came:
        return "quiet"
    first = before.seq + 1 if before.boot == after.boot else 1
    return "lost" if past.came[after.boot].missing(first, after.seq - 1) else "quiet"


def _without_mutes(past: Past, hole: Stretch) -> Iterator[Stretch]:
    """Yield a hole and the mutes in it."""
    at_ms = hole.begin_ms
    for began_ms, ended_ms in past.mutes:
        begin_ms = min(max(began_ms, at_ms), hole.end_ms)
        end_ms = hole.end_ms if ended_ms is None else min(max(ended_ms, begin_ms), hole.end_ms)
        yield replace(hole, begin_ms=at_ms, end_ms=begin_ms)
        yield replace(hole, begin_ms=begin_ms, end_ms=end_ms, kind="muted")
        at_ms = end_ms
    yield replace(hole, begin_ms=at_ms)


def within(found: Sequence[Stretch], begin_ms: int, end_ms: int) -> list[Stretch]:
    """Return the parts of stretches that lie in a span."""
    mine = [one for one in found if one.end_ms > begin_ms and one.begin_ms < end_ms]
    for at in {0, len(mine) - 1} if mine else ():
        one = mine[at]
        mine[at] = replace(one, begin_ms=max(one.begin_ms, begin_ms), end_ms=min(one.end_ms, end_ms))
    return mine


def joined(found: Sequence[Stretch]) -> list[Stretch]:
    """Return stretches of the same kind that follow one another as one, without values."""
    runs = (list(run) for _, run in groupby(found, key=lambda one: one.kind))
    return [Stretch(run[0].begin_ms, run[-1].end_ms, run[0].kind) for run in runs]


def seconds(found: Sequence[Stretch]) -> dict[str, float]:
    """Return how long each kind lasted altogether, s, for those that occurred."""
    totals = {kind: sum(x.end_ms - x.begin_ms for x in found if x.kind == kind) / 1000 for kind in WORDS}
    return {kind: total for kind, total in totals.items() if total > 0}


def mean_index(found: Sequence[Stretch]) -> float | None:
    """Return the index, each value weighed by how long it held; None: not measurable."""
    measured = [(one.index, one.end_ms - one.begin_ms) for one in found if one.index is not None]
    total = sum(length for _, length in measured)
    return sum(index * length for index, length in measured) / total if total else None
