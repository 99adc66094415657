"""Times of event onsets, per person and channel, over the horizon; what the event measures count."""

from collections.abc import Iterable

import numpy as np

from edge.arrays import Times, overwrite
from edge.records import Movement, Tick

_NEVER = 2**63 - 1
BRIEF_MIN_S = 0.067  # two frames at 30 fps


class Onsets:
    """Keeps every event whose onset lies within the horizon."""

    def __init__(self, horizon_s: float) -> None:
        self._horizon_ns = round(horizon_s * 1e9)
        self._events: list[Movement] = []
        self._first_ns = _NEVER
        self._people: tuple[int, ...] | None = None
        self._known: dict[tuple[int, frozenset[str], bool | None], Times] = {}

    def update(self, tick: Tick) -> None:
        """Add the new events, drop the ones that are too old or belong to nobody present."""
        oldest = tick.t_ns - self._horizon_ns
        if self._first_ns <= oldest or self._people != tick.people:
            kept = [one for one in self._events if one.onset_ns > oldest and one.person in tick.people]
            self._events, self._first_ns, self._people = [], _NEVER, tick.people
            self._drop_known()
            self._add(kept)
        self._add([event for event in tick.events if event.onset_ns > oldest])

    def _add(self, events: list[Movement]) -> None:
        """Keep these events too; those of somebody who is not there go with the next hop."""
        if events:
            self._events += events
            self._first_ns = min(self._first_ns, *(event.onset_ns for event in events))
            self._people = self._people if {one.person for one in events} <= {*(self._people or ())} else None
            self._drop_known()

    def wipe(self) -> None:
        """Overwrite and drop every event."""
        self._events, self._first_ns, self._people = [], _NEVER, None
        self._drop_known()

    def _drop_known(self) -> None:
        overwrite(*self._known.values())
        self._known.clear()

    def of(self, person: int, channels: Iterable[str], *, brief: bool | None) -> Times:
        """Onsets of one person on any of these channels, ns, ascending; None: of any duration."""
        key = (person, frozenset(channels), brief)
        if key not in self._known:
            times = [
                event.onset_ns
                for event in self._events
                if event.person == person and event.channel in key[1] and _counts(event, brief=brief)
            ]
            self._known[key] = np.array(sorted(times), dtype=np.int64)
        return self._known[key]

    def channels(self, person: int, wanted: Iterable[str], *, brief: bool) -> tuple[str, ...]:
        """Those of the channels on which this person has onsets, sorted."""
        names = frozenset(wanted)
        seen = {e.channel for e in self._events if e.person == person and _counts(e, brief=brief)}
        return tuple(sorted(seen & names))


def _counts(event: Movement, *, brief: bool | None) -> bool:
    """Whether an event is of the asked kind: .067 to .5 s, or longer."""
    if brief is None:
        return True
    return event.brief == brief and event.duration_s >= BRIEF_MIN_S
