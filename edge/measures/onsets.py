"""Times of event onsets, per person and channel, over the horizon; what the event measures count."""

from collections.abc import Iterable

import numpy as np

from edge.arrays import Times, overwrite
from edge.records import Movement, Tick

BRIEF_MIN_S = 0.067  # two frames at 30 fps


class Onsets:
    """Keeps every event whose onset lies within the horizon."""

    def __init__(self, horizon_s: float) -> None:
        self._horizon_ns = round(horizon_s * 1e9)
        self._events: list[Movement] = []
        self._known: dict[tuple[int, frozenset[str], bool | None], Times] = {}

    def update(self, tick: Tick) -> None:
        """Add the new events, drop the ones that are too old or belong to nobody present."""
        before = len(self._events)
        oldest = tick.t_ns - self._horizon_ns
        self._events = [
            event for event in self._events if event.onset_ns > oldest and event.person in tick.people
        ]
        if tick.events or len(self._events) != before:
            self._events.extend(event for event in tick.events if event.onset_ns > oldest)
            self._drop_known()

    def wipe(self) -> None:
        """Overwrite and drop every event."""
        self._events = []
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
