"""Between expression and measures: people, pairs, the uniform grid, the correlator, the hop."""

import logging
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from edge._native.correlator import Correlator
from edge._native.quantise import quantise
from edge.config.sections import MimicrySection
from edge.mimicry.offsets import offsets_n
from edge.mimicry.track import Track
from edge.records import CHANNELS, Coupling, Expression, Movement, Tick

_log = logging.getLogger(__name__)

MAX_PEOPLE = 16  # slots of the correlator
STEP_SD = 1 / 16  # quantisation step, robust sd of a channel's first 5 s: +-2047 sd fit int16 (ours)
PRESENT_NS = 3_000_000_000  # who was seen within that time is in the room (ours)
ABSENT_NS = 60_000_000_000  # a track unseen for longer gives its slot back (ours)
POSE_ROWS = 3


class Mimicry:
    """Signals in, ticks out: one `Tick` every hop of the grid.

    Parameters
    ----------
    section : MimicrySection
        Rate, windows, lags, horizon, offsets, correlated channels.
    channels : sequence of str
        Names of the entries of `Expression.x`. When none of `section.channels` is among them, the first
        ones are correlated: signals from anywhere.
    """

    def __init__(self, section: MimicrySection, channels: Sequence[str] = CHANNELS) -> None:
        self._section = section
        self._channels = tuple(channels)
        known = [name for name in section.channels if name in self._channels]
        self.correlated = tuple(known or self._channels[: len(section.channels)])
        self._columns = [self._channels.index(name) for name in self.correlated]
        self._step_ns = round(1e9 / section.rate_hz)
        self._horizon_n = round(section.horizon_s * section.rate_hz)
        self._hop_n = max(1, round(section.hop_s * section.rate_hz))
        lags_n = round(section.max_lag_s * section.rate_hz)
        self._lags_s = np.arange(-lags_n, lags_n + 1) / section.rate_hz
        offsets = offsets_n(section)
        self._offsets_s = offsets / section.rate_hz
        self._correlator = Correlator(
            MAX_PEOPLE,
            len(self.correlated),
            [(round(section.window_s * section.rate_hz), lags_n, tuple(offsets))],
        )
        self._pair_index = {pair: k for k, pair in enumerate(self._correlator.pairs)}
        self.steps = 0
        """Grid steps pushed so far; only grows."""
        self._tracks: dict[int, Track] = {}
        self._slots: dict[int, int] = {}
        self._since: dict[int, int] = {}
        self._events: list[Movement] = []
        self._step: int | None = None
        self._steps = 0

    def wipe(self) -> None:
        """Overwrite and drop everything: nothing of the past remains (mute)."""
        for person in tuple(self._tracks):
            self.drop(person)
        self._correlator.wipe()
        self._events, self._step, self._steps = [], None, 0

    def drop(self, person: int) -> None:
        """Overwrite and drop everything of one person and give the slot back."""
        if person in self._tracks:
            self._correlator.leave(self._slots.pop(person))
            self._tracks.pop(person).wipe()
            del self._since[person]

    def update(
        self, expressions: Sequence[Expression], events: Sequence[Movement] = (), t_ns: int | None = None
    ) -> Tick | None:
        """Take one frame's signals and the events closed with it; return a tick when a hop is complete.

        `t_ns` is the frame's time, needed when nobody is in it: time goes on without people. Samples whose
        time does not advance are dropped. Hops that nobody saw (a gap in the recording) are skipped: a call
        returns the newest one.
        """
        times = [expression.t_ns for expression in expressions]
        if t_ns is None and not times:
            return None
        t_ns = max(times, default=0) if t_ns is None else max([t_ns, *times])
        if self._step is not None and abs(t_ns // self._step_ns - self._step) > self._horizon_n:
            _log.warning(
                "time jumped by more than the horizon of %g s: starting again", self._section.horizon_s
            )
            self.wipe()
        if self._step is None:
            self._step = -(-t_ns // self._step_ns) - 1
        self._events.extend(events)
        for expression in expressions:
            self._take(expression)
        hopped = self._emit_until(t_ns)
        return self._tick() if hopped else None

    def flush(self) -> Tick | None:
        """End of a recording: the last tick, at the newest grid step, without couplings (no full hop)."""
        if self._step is None or not self._steps:
            return None
        newest = max((track.last_ns for track in self._tracks.values()), default=0)
        hopped = self._emit_until(newest, final=True)
        return self._tick(couplings=hopped)

    def _take(self, expression: Expression) -> None:
        """Give one person's sample to its track."""
        track = self._tracks.get(expression.person)
        if track is None:
            track = self._enter(expression.person)
        if track is None or expression.t_ns <= track.last_ns or self._step is None:
            return
        track.add(expression.t_ns, np.concatenate((expression.x, expression.pose_rad)), self._step)
        track.gain = expression.gain

    def _enter(self, person: int) -> Track | None:
        """Open a track for a person and take a slot, if one is free."""
        free = sorted(set(range(MAX_PEOPLE)) - set(self._slots.values()))
        if not free:
            return None
        slot = free[0]
        self._correlator.enter(slot)
        self._slots[person] = slot
        assert self._step is not None
        self._since[person] = self._step
        rows = len(self._channels) + POSE_ROWS
        self._tracks[person] = Track(rows, len(self._channels), self._horizon_n, self._step_ns)
        return self._tracks[person]

    def _leave_absent(self, now_ns: int) -> None:
        """Give back the slots of people who have not been seen for a minute."""
        for person, track in list(self._tracks.items()):
            if now_ns - track.last_ns > ABSENT_NS:
                self.drop(person)
                _log.info("track closed after %d s without a sample", ABSENT_NS // 1_000_000_000)

    def _emit_until(self, now_ns: int, *, final: bool = False) -> bool:
        """Push every grid step that is decided; return whether a hop was completed."""
        assert self._step is not None
        hopped = False
        while (self._step + 1) * self._step_ns <= now_ns:
            step = self._step + 1
            if not final and not all(track.decided(step, now_ns) for track in self._tracks.values()):
                break
            frame = self._correlator.frame
            for person, track in self._tracks.items():
                row = track.emit(step)[self._columns]
                quantise(row, 0.0, STEP_SD, frame[self._slots[person]])
            self._correlator.push()
            self.steps += 1
            self._step = step
            self._steps = min(self._steps + 1, self._horizon_n)
            if step % self._hop_n == 0:
                hopped = True
                self._leave_absent(now_ns)
        return hopped

    def _tick(self, *, couplings: bool = True) -> Tick:
        """Freeze the state after a hop."""
        assert self._step is not None
        signals = len(self._channels)
        views = {person: self._tracks[person].history(self._steps) for person in sorted(self._tracks)}
        events, self._events = tuple(self._events), []
        return Tick(
            t_ns=self._step * self._step_ns,
            rate_hz=self._section.rate_hz,
            channels=self._channels,
            people=tuple(views),
            present=tuple(person for person in views if self._present(person)),
            x={person: view[:signals] for person, view in views.items()},
            since_n={person: min(self._steps, self._step - self._since[person]) for person in views},
            pose_rad={person: view[signals:] for person, view in views.items()},
            gain={person: self._tracks[person].gain for person in views},
            offsets_s=self._offsets_s,
            couplings=self._couplings() if couplings else (),
            events=events,
        )

    def _present(self, person: int) -> bool:
        """Whether somebody was seen within the last seconds before the newest step."""
        assert self._step is not None
        return self._step * self._step_ns - self._tracks[person].last_ns <= PRESENT_NS

    def _couplings(self) -> tuple[Coupling, ...]:
        """Read every present pair and channel out of the correlator; pairs ascending by person."""
        assert self._step is not None
        couplings = []
        coverage = self._correlator.coverage(0)
        for i, j in combinations(sorted(self._tracks), 2):
            a, b = self._slots[i], self._slots[j]
            pair = self._pair_index[min(a, b), max(a, b)]
            for channel, name in enumerate(self.correlated):
                couplings.append(
                    Coupling(
                        pair=(i, j),
                        channel=name,
                        t_ns=self._step * self._step_ns,
                        lags_s=self._lags_s,
                        r=self._correlator.r(0, a, b, channel),
                        offsets_s=self._offsets_s if a < b else -self._offsets_s,
                        far_r=self._correlator.far_r(0, a, b, channel),
                        coverage=float(coverage[pair, channel]),
                    )
                )
        return tuple(couplings)
