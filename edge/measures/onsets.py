"""Times of event onsets, per person and channel, over the horizon; what the event measures count."""

from collections.abc import Iterable, Sequence

import numpy as np

from edge.arrays import Times, overwrite
from edge.records import Movement, Tick

BRIEF_MIN_S = 0.067  # two frames at 30 fps


class Onsets:
    """Keeps every event whose onset lies within the horizon."""

    def __init__(self, horizon_s: float) -> None:
        self._horizon_ns = round(horizon_s * 1e9)
        self._moves: dict[tuple[int, str], Sequence[Movement]] = {}
        self._known: dict[tuple[int, frozenset[str], bool | None], Times] = {}

    def update(self, tick: Tick) -> None:
        """Add the new events, drop the ones that are too old or belong to nobody present."""
        oldest = tick.t_ns - self._horizon_ns
        for (person, channel), moves in list(self._moves.items()):
            kept = [one for one in moves if one.onset_ns > oldest] if person in tick.people else []
            if len(kept) < len(moves):
                self._put(person, channel, kept)
        for one in tick.events:  # those of somebody who is not there go with the next hop
            if one.onset_ns > oldest:
                self._put(one.person, one.channel, [*self._of(one.person, one.channel), one])

    def _of(self, person: int, channel: str) -> Sequence[Movement]:
        return self._moves.get((person, channel), ())

    def _put(self, person: int, channel: str, moves: Sequence[Movement]) -> None:
        """Keep these as the movements of one channel, and forget what was read from the former ones."""
        self._moves[person, channel] = moves
        for key in [key for key in self._known if key[0] == person and channel in key[1]]:
            overwrite(self._known.pop(key))

    def wipe(self) -> None:
        """Overwrite and drop every event."""
        overwrite(*self._known.values())
        self._known.clear()
        self._moves.clear()

    def of(self, person: int, channels: Iterable[str], *, brief: bool | None) -> Times:
        """Onsets of one person on any of these channels, ns, ascending; None: of any duration."""
        key = (person, frozenset(channels), brief)
        if key not in self._known:
            times = [
                one.onset_ns
                for channel in key[1]
                for one in self._of(person, channel)
                if _counts(one, brief=brief)
            ]
            self._known[key] = np.array(sorted(times), dtype=np.int64)
        return self._known[key]

    def channels(self, person: int, wanted: Iterable[str], *, brief: bool) -> tuple[str, ...]:
        """Those of the channels on which this person has onsets, sorted."""
        return tuple(
            channel
            for channel in sorted(set(wanted))
            if any(_counts(one, brief=brief) for one in self._of(person, channel))
        )


def _counts(event: Movement, *, brief: bool | None) -> bool:
    """Whether an event is of the asked kind: .067 to .5 s, or longer."""
    if brief is None:
        return True
    return event.brief == brief and event.duration_s >= BRIEF_MIN_S
