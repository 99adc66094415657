"""Longer movements: neutral -> rise -> held -> back, against the channel's own neutral level."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from edge.arrays import Floats, overwrite
from edge.events.brief import Shape
from edge.events.noise import Noise
from edge.events.shape import fall_end, rise_start
from edge.events.tape import S, Tape
from edge.records import BRIEF_MAX_S

CLEAR_SD = 10.0  # height over neutral, in noise of the raw channel
CLEAR_WANDER = 4.0  # height over neutral, in restlessness of the neutral level
PLATEAU_S = 0.2  # a rise is over after this long without a new maximum
MAX_RISE_S = 3.0  # what rises more slowly is drift
SETTLE_S = 0.25  # a fall is over after this long without a new minimum
HELD = 0.5  # the movement lasts while it keeps this share of its height
GIVE_UP_S = 60.0  # then the level is the new neutral
GAP_S = 0.5

State = Literal["rise", "held", "fall"]


@dataclass(slots=True)
class _Run:
    """One movement under way in one channel."""

    base: float
    state: State = "rise"
    onset_ns: int = 0
    apex_ns: int = 0
    peak: float = field(default=-np.inf)
    extreme: float = 0.0
    extreme_ns: int = 0
    valid_ns: int = 0


class MacroSpotter:
    """State of every channel of one person."""

    def __init__(self, channels: int) -> None:
        self._runs: dict[int, _Run] = {}
        self._neutral = np.ones(channels, dtype=bool)

    def neutral(self, values: Floats) -> Floats:
        """Return the values of the channels at rest, NaN for the others, [C]."""
        return np.where(self._neutral, values, np.nan)

    def update(self, tape: Tape, noise: Noise) -> list[Shape]:
        """Take the newest smoothed sample; return the movements that ended."""
        if not tape.smooth_end:
            return []
        i = tape.smooth_end - 1
        t_ns, values = int(tape.t_ns[i]), tape.smooth[i]
        with np.errstate(invalid="ignore"):
            clear = np.maximum(CLEAR_SD * noise.sd, CLEAR_WANDER * noise.wander)
            starts = self._neutral & (values - noise.level > clear)
        for channel in starts.nonzero()[0]:
            self._start(int(channel), float(noise.level[channel]), float(values[channel]), t_ns)
        ended = [self._step(tape, c, run, float(values[c]), t_ns) for c, run in list(self._runs.items())]
        self._drop_drift(noise, t_ns)
        return [shape for shape in ended if shape is not None]

    def finish(self, tape: Tape) -> list[Shape]:
        """Close what is still held at the end of a recording, offset at the last sample."""
        held = [(c, run) for c, run in self._runs.items() if run.state != "rise"]
        return [_closed(c, run, int(tape.t_ns[tape.end - 1])) for c, run in held]

    def wipe(self) -> None:
        """Overwrite and drop the movements under way."""
        self._runs.clear()
        overwrite(self._neutral)

    def _start(self, channel: int, base: float, value: float, t_ns: int) -> None:
        self._neutral[channel] = False
        self._runs[channel] = _Run(
            base=base, peak=value, apex_ns=t_ns, extreme=value, extreme_ns=t_ns, valid_ns=t_ns
        )

    def _end(self, channel: int) -> None:
        del self._runs[channel]
        self._neutral[channel] = True

    def _step(self, tape: Tape, channel: int, run: _Run, value: float, t_ns: int) -> Shape | None:
        """Advance one movement by one sample."""
        if not np.isfinite(value):
            if t_ns - run.valid_ns > GAP_S * 1e9:
                self._end(channel)
            return None
        run.valid_ns = t_ns
        if value > run.peak and run.state != "fall":
            run.peak, run.apex_ns = value, t_ns
        if run.state == "rise":
            self._rise(tape, channel, run, value, t_ns)
        elif run.state == "held" and value < run.base + HELD * (run.peak - run.base):
            run.state, run.extreme, run.extreme_ns = "fall", value, t_ns
        elif run.state == "fall":
            return self._fall(tape, channel, run, value, t_ns)
        return None

    def _rise(self, tape: Tape, channel: int, run: _Run, value: float, t_ns: int) -> None:
        """Wait for the first plateau; there the onset is measured."""
        height = run.peak - run.base
        if value > run.extreme + 0.02 * height:
            run.extreme, run.extreme_ns = value, t_ns
        if t_ns - run.extreme_ns < PLATEAU_S * 1e9:
            return
        low = tape.before(run.extreme_ns - round(MAX_RISE_S * 1e9))
        high = tape.before(run.extreme_ns) + 1
        t_s, values = tape.stretch(channel, low, high, run.extreme_ns)
        onset_s = rise_start(t_s, values, run.base, run.extreme, tape.blur_s)
        if not np.isfinite(onset_s):
            self._end(channel)
            return
        run.onset_ns = run.extreme_ns + round(onset_s / S)
        run.state = "held"

    def _fall(self, tape: Tape, channel: int, run: _Run, value: float, t_ns: int) -> Shape | None:
        """Wait until the fall settles; there the offset is measured."""
        height = run.peak - run.base
        if value > run.base + HELD * height + 0.1 * height:
            run.state = "held"
            return None
        if value < run.extreme - 0.02 * height:
            run.extreme, run.extreme_ns = value, t_ns
        if t_ns - run.extreme_ns < SETTLE_S * 1e9:
            return None
        low = tape.before(run.extreme_ns - round(MAX_RISE_S * 1e9))
        high = tape.before(run.extreme_ns) + 1
        t_s, values = tape.stretch(channel, low, high, run.extreme_ns)
        top = int(np.argmax(values))
        offset_s = fall_end(t_s[top:], values[top:], run.extreme, float(values[top]), tape.blur_s)
        end_ns = run.extreme_ns + (round(offset_s / S) if np.isfinite(offset_s) else 0)
        self._end(channel)
        shape = _closed(channel, run, max(end_ns, run.apex_ns))
        return shape if (shape.offset_ns - shape.onset_ns) * S > BRIEF_MAX_S else None

    def _drop_drift(self, noise: Noise, t_ns: int) -> None:
        """Give up on levels that never come back."""
        for channel, run in list(self._runs.items()):
            if t_ns - run.apex_ns > GIVE_UP_S * 1e9:
                noise.drop_level(channel)
                self._end(channel)


def _closed(channel: int, run: _Run, offset_ns: int) -> Shape:
    return Shape(
        channel=channel,
        onset_ns=run.onset_ns,
        apex_ns=run.apex_ns,
        offset_ns=offset_ns,
        height=run.peak - run.base,
    )
