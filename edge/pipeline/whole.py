"""Recordings measured whole: everybody over the time they were there, not only who is left at the end."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from edge.config import Config
from edge.errors import SignalsError
from edge.mimicry.mimicry import MAX_PEOPLE
from edge.missing import Seen
from edge.pipeline import recorded
from edge.pipeline.engine import SignalEngine
from edge.records import Expression, Measure
from edge.tables import Table

AWAY_S = 60.0  # who is away for longer comes back as somebody new, as on a device
SAME_S = 1e-6  # times are rounded to nanoseconds
GONE_S = 5.0  # who is gone for longer has left (ours)
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Whole:
    """What a recording shows, and how much of everybody's time was measurable."""

    measures: tuple[Measure, ...]
    """Every measure, with the span it rests on."""
    seen: tuple[Seen, ...]


def whole(table: Table, config: Config, *, horizon_s: float | None = None) -> Whole:
    """Measure a table from its beginning to its end, or in windows of `horizon_s` that do not overlap.

    Where somebody has left before the end, everything about that person is concluded as of then;
    who comes back after a minute is measured from then on.
    """
    _refuse_crowd(table)
    looks = [look for span in _windows(table, horizon_s) for look in _looks(table, span)]
    recordings = table.recordings
    running: dict[int, SignalEngine] = {}
    measures: list[Measure] = []
    seen: dict[int, Seen] = {}

    def conclude(k: int) -> None:
        report = running.pop(k).finish()
        if report is not None:
            measures.extend(looks[k].kept(report.measures))
            seen.update({one.person: one for one in report.seen if _longer(one, seen.get(one.person))})

    for people in recorded.calibrated(table, config):
        t_s = people[0].t_ns / 1e9
        for k, look in enumerate(looks):
            if k in running and t_s > look.end_s + SAME_S:
                conclude(k)
            if look.start_s - SAME_S <= t_s <= look.end_s + SAME_S and (some := look.of(people)):
                if k not in running:
                    running[k] = SignalEngine(
                        _config(config, look),
                        recorded.channels(table),
                        live=False,
                        bets_s=config.mimicry.horizon_s,
                    )
                running[k].update(some, some[0].t_ns, view=recordings.get(some[0].person, 0))
    for k in sorted(running):
        conclude(k)
    return Whole(tuple(measures), tuple(seen[one] for one in sorted(seen)))


def _refuse_crowd(table: Table) -> None:
    """Refuse more people at once than can be told apart: nobody is left out in silence."""
    span = float(table.t_s[0]), float(table.t_s[-1])
    stays = [stay for person in table.people for stay in _stays(table, person, span)]
    most = max(sum(since <= at <= until + AWAY_S for since, until in stays) for at, _ in stays)
    if most > MAX_PEOPLE:
        raise SignalsError(f"expected at most {MAX_PEOPLE} people at once, got {most}: choose with --people")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One end at which something is concluded: of a window, or because somebody leaves."""

    start_s: float
    end_s: float
    here: dict[int, Span]
    """Who is there at the end, since when and until when."""
    leaving: frozenset[int]
    """Who leaves now; empty at the end of a window."""

    def of(self, people: Sequence[Expression]) -> list[Expression]:
        """Return those who are there at the end."""
        return [one for one in people if one.person in self.here] if self.leaving else list(people)

    def kept(self, measures: Sequence[Measure]) -> Iterator[Measure]:
        """Yield what is concluded at this end, with its span."""
        for one in measures:
            about = bool(self.leaving & set(one.subject)) if self.leaving else True
            if about and set(one.subject) <= set(self.here):
                since = max((self.here[person][0] for person in one.subject), default=self.start_s)
                until = min((self.here[person][1] for person in one.subject), default=self.end_s)
                if since <= until:
                    yield replace(one, over_s=(since, min(until, self.end_s)))


def _windows(table: Table, horizon_s: float | None) -> list[Span]:
    """Return the spans that are measured, the last one as long as is left."""
    start, end = float(table.t_s[0]), float(table.t_s[-1])
    if horizon_s is None or end - start <= horizon_s:
        return [(start, end)]
    edges = np.arange(start, end, horizon_s)
    return [(float(low), float(min(low + horizon_s, end))) for low in edges]


def _looks(table: Table, span: Span) -> list[_Look]:
    """Return the ends of one span, in time."""
    stays = {person: _stays(table, person, span) for person in table.people}
    ends = sorted({end for one in stays.values() for _, end in one if span[1] - end > GONE_S})
    looks = [_look(stays, span[0], end, (end, end)) for end in ends]
    return [*looks, _look(stays, span[0], span[1], None)]


def _look(stays: dict[int, list[Span]], start_s: float, end_s: float, leaving: Span | None) -> _Look:
    """Find who is there at an end, and who leaves."""
    here = {
        person: (since, until)
        for person, spans in stays.items()
        for since, until in spans
        if since <= end_s <= until + (0.0 if leaving else GONE_S)
    }
    gone = frozenset(person for person, (_, until) in here.items() if leaving and until == end_s)
    first = min((here[person][0] for person in gone), default=start_s)
    return _Look(start_s=first if leaving else start_s, end_s=end_s, here=here, leaving=gone)


def _stays(table: Table, person: int, span: Span) -> list[Span]:
    """Return the spans over which somebody was there, gaps of up to a minute included."""
    times = table.t_s[table.person == person]
    times = times[(times >= span[0]) & (times <= span[1])]
    if not times.size:
        return []
    cuts = np.flatnonzero(np.diff(times) > AWAY_S)
    firsts, lasts = times[[0, *(cuts + 1)]], times[[*cuts, len(times) - 1]]
    return [(float(one), float(other)) for one, other in zip(firsts, lasts, strict=True)]


def _config(config: Config, look: _Look) -> Config:
    """Return the configuration whose horizon holds the whole look."""
    longest_s = max(config.mimicry.horizon_s, look.end_s - look.start_s + 1.0)
    return replace(config, mimicry=replace(config.mimicry, horizon_s=longest_s))


def _longer(one: Seen, other: Seen | None) -> bool:
    return other is None or one.seconds > other.seconds
