"""Longer movements: one run of a channel above its quiet level, from the rise to the return.

    starts   s > level + clear,      clear = max(10 sd, min(4 wander, cap), floor)
    ends     s < base + max(keep h, clear / 2),    base: the lower level, at the start or now; h = peak - base
    again    only after s < level + clear / 2

Onset and offset lie where a tenth of the height is crossed, or as far outside as the slope says
(`shape.foot`), the offset never after the lowest point of the fall.
"""

from dataclasses import dataclass

import numpy as np

from edge.arrays import Floats, overwrite
from edge.events.noise import Noise
from edge.events.shape import Shape, foot
from edge.events.tape import BIPOLAR, SPOTTED, S, Tape
from edge.records import BRIEF_MAX_S

CLEAR_SD = 10.0  # height over the level, in noise of the raw channel
CLEAR_WANDER = 4.0  # height over the level, in restlessness of the level
# cm (AU45 in shares of the open eye): what is smaller is not told from the mesh's own drift as a head sways,
# and no restlessness hides what is higher than the second figure.
BOUNDS = {
    "AU01": (0.12, 0.4),
    "AU02": (0.11, 0.4),
    "AU04": (0.10, 0.4),
    "AU05": (0.05, 0.2),
    "AU07": (0.05, 0.2),
    "AU10": (0.08, 0.4),
    "AU12": (0.40, 1.0),
    "AU18": (0.35, 1.0),
    "AU24": (0.20, 0.8),
    "AU25": (0.12, 0.25),
    "AU26": (0.22, 0.5),
    "AU45": (0.10, 0.25),
}
FLOOR, CAP = np.array([BOUNDS[name] for name in SPOTTED]).T
SHUT = 0.2  # share of the open eye that is gone when it closes for longer; lids that look down lose less
_EYES, STARE = np.array([name == "AU45" for name in SPOTTED]), -0.25  # wider open than usual by this share
# The movement lasts while it keeps this share of its height.
KEEP = np.array([0.2 if name in {"AU25", "AU26"} else 0.35 for name in SPOTTED])
LINE, LINE_SD = 0.1, 4.0  # a movement begins and ends outside of this share of its height, or of the noise
NEAR_S = 1.5  # the lowest point this long before a run starts is where it rises from
RISE_S = 3.0  # a rise or a fall is looked for so far back
TOP, TOP_S = 0.9, 1.0  # the rise goes on to this share of what is reached in this time
SETTLE_S = 0.25  # a fall is over when it made no new minimum for this time,
FALL_S = 0.6  # or after this
STEP = 0.02  # share of the height that is a new minimum
GIVE_UP_S = 60.0  # then the level is the new quiet one
UNFOUNDED = 4.0  # or, in a channel that moves both ways, after this many times what is known before it
GAP_S = 0.5
SEEN = 0.8  # share of the last seconds that must be measurable to call a rise a drift


@dataclass(slots=True)
class Run:
    """One movement under way in one channel."""

    base: float
    clear: float
    start_ns: int
    """When the channel rose above the threshold."""
    peak: float
    apex_ns: int
    valid_ns: int
    noticed_ns: int = 0
    """When the channel came back; 0 before."""
    lowest: float = np.inf
    lowest_ns: int = 0


class MacroSpotter:
    """State of every channel of one person; no bounds hold unless the channels are in cm."""

    def __init__(self, *, in_cm: bool = True) -> None:
        self._in_cm = in_cm
        self.runs: dict[int, Run] = {}
        """The movements under way, by channel."""
        self._armed = np.ones(len(SPOTTED), dtype=bool)
        self._first_ns: int | None = None
        self._version = -1
        self._known = (np.empty(0), np.empty(0))

    def update(self, tape: Tape, noise: Noise) -> list[Shape]:
        """Take the newest smoothed sample; return the movements that ended."""
        if not tape.smooth_end:
            return []
        i = tape.smooth_end - 1
        t_ns, values = int(tape.t_ns[i]), tape.smooth[i, : len(SPOTTED)]
        if self._first_ns is None:
            self._first_ns = t_ns
        level, clear = self._thresholds(noise)
        with np.errstate(invalid="ignore"):
            self._armed |= values < level + clear / 2
            starts = self._armed & (values > level + clear)
        for channel in starts.nonzero()[0].tolist():
            if channel not in self.runs:
                self._start(tape, noise, channel, float(level[channel]), float(clear[channel]))
        ended = [self._step(tape, noise, channel, t_ns) for channel in list(self.runs)]
        return [shape for shape in ended if shape is not None]

    def finish(self, tape: Tape, noise: Noise) -> list[Shape]:
        """Close what is still held at the end of a recording, offset at the last sample."""
        last_ns = int(tape.t_ns[tape.end - 1])
        held = [self._whole(tape, noise, channel, run, last_ns) for channel, run in self.runs.items()]
        return [shape for shape in held if shape is not None]

    def wipe(self) -> None:
        """Overwrite and drop the movements under way."""
        self.runs.clear()
        overwrite(self._armed, *self._known)
        self._first_ns, self._version = None, -1

    def _thresholds(self, noise: Noise) -> tuple[Floats, Floats]:
        """Quiet level of each channel and the height above it from which it moves, [C] each."""
        if self._version != noise.version:
            self._version = noise.version
            sd, wander = (one[: len(SPOTTED)] for one in (noise.sd, noise.wander))
            self._known = self._levels(noise), self._clear(sd, wander)
        return self._known

    def _clear(self, sd: Floats, wander: Floats) -> Floats:
        """Height from which each channel moves, [C]."""
        restless = np.minimum(CLEAR_WANDER * wander, CAP if self._in_cm else np.inf)
        clear: Floats = np.maximum(np.maximum(CLEAR_SD * sd, restless), FLOOR if self._in_cm else 0.0)
        return clear

    def _levels(self, noise: Noise) -> Floats:
        """Quiet level of each channel, [C]; eyes that stare are not at rest."""
        level = noise.level[: len(SPOTTED)]
        return np.where(_EYES, np.maximum(level, STARE), level) if self._in_cm else level

    def _start(self, tape: Tape, noise: Noise, channel: int, level: float, clear: float) -> None:
        """Begin a run, unless the channel crept up there: then its quiet level is learnt again."""
        i = tape.smooth_end - 1
        t_ns, value = int(tape.t_ns[i]), float(tape.smooth[i, channel])
        rise = tape.smooth[tape.before(t_ns - round(RISE_S / S)) : i, channel]
        if np.isfinite(rise).mean() > SEEN and not (rise < level + clear / 2).any():
            noise.drop_level(channel)
            return
        self._armed[channel] = False
        self.runs[channel] = Run(
            base=level, clear=clear, start_ns=t_ns, peak=value, apex_ns=t_ns, valid_ns=t_ns
        )

    def _step(self, tape: Tape, noise: Noise, channel: int, t_ns: int) -> Shape | None:
        """Advance one movement by one sample."""
        run, value = self.runs[channel], float(tape.smooth[tape.smooth_end - 1, channel])
        if not np.isfinite(value):
            if t_ns - run.valid_ns > GAP_S / S:
                del self.runs[channel]
                self._armed[channel] = True
            return None
        run.valid_ns = t_ns
        if not run.noticed_ns:
            self._follow(noise, channel, run, value, t_ns)
            return None
        if value < run.lowest - STEP * (run.peak - run.base):
            run.lowest, run.lowest_ns = value, t_ns
        if t_ns - run.lowest_ns < SETTLE_S / S and t_ns - run.noticed_ns < FALL_S / S:
            return None
        del self.runs[channel]
        return self._whole(tape, noise, channel, run, run.lowest_ns)

    def _follow(self, noise: Noise, channel: int, run: Run, value: float, t_ns: int) -> None:
        """Look for the peak and for the return; give up on a level that never comes back."""
        if value > run.peak:
            run.peak, run.apex_ns = value, t_ns
        run.base = min(run.base, float(np.fmin(self._levels(noise)[channel], run.base)))
        if value < run.base + max(KEEP[channel] * (run.peak - run.base), run.clear / 2):
            run.noticed_ns = run.lowest_ns = t_ns
            run.lowest = value
        elif t_ns - run.apex_ns > GIVE_UP_S / S or (BIPOLAR[channel] and self._unfounded(run, t_ns)):
            noise.drop_level(channel)
            del self.runs[channel]

    def _unfounded(self, run: Run, t_ns: int) -> bool:
        """Whether a run lasts so much longer than all that was before it that it may be the quiet itself."""
        assert self._first_ns is not None
        return t_ns - run.start_ns > UNFOUNDED * (run.start_ns - self._first_ns)

    def _whole(self, tape: Tape, noise: Noise, channel: int, run: Run, last_ns: int) -> Shape | None:
        """Measure a movement whose fall ended at `last_ns`; None if it was brief, or lids that look down."""
        shape = self._shape(tape, noise, channel, run, last_ns)
        lowered = self._in_cm and _EYES[channel] and run.peak < SHUT
        return None if lowered or shape.length_s <= BRIEF_MAX_S else shape

    def _shape(self, tape: Tape, noise: Noise, channel: int, run: Run, last_ns: int) -> Shape:
        """Measure a movement whose fall ended at `last_ns`."""
        height = run.peak - run.base
        sd = float(np.nan_to_num(noise.sd[channel]))
        onset_ns = self._onset_ns(tape, run, channel, sd)
        offset_ns = self._offset_ns(tape, run, channel, sd, last_ns)
        return Shape(
            channel=channel,
            onset_ns=min(onset_ns, run.apex_ns),
            apex_ns=run.apex_ns,
            offset_ns=max(offset_ns, run.apex_ns),
            height=height,
        )

    def _onset_ns(self, tape: Tape, run: Run, channel: int, sd: float) -> int:
        """When the rise began."""
        low, start = tape.before(run.start_ns - round(RISE_S / S)), tape.before(run.start_ns)
        t_s, values = tape.stretch(
            channel, low, tape.before(run.start_ns + round(TOP_S / S)) + 1, run.start_ns
        )
        ahead = values[start - low :]
        near = tape.before(run.start_ns - round(NEAR_S / S)) - low
        base = float(np.fmax(run.base, np.fmin.reduce(values[near : start - low + 1])))
        peak = float(np.nanmax(ahead))
        top = start - low + int(np.argmax(ahead >= base + TOP * (peak - base)))
        line = base + max(LINE * (peak - base), LINE_SD * sd)
        began_s = foot(t_s[: top + 1], values[: top + 1], base, line, tape.blur_s)
        return run.start_ns + (round(began_s / S) if np.isfinite(began_s) else 0)

    def _offset_ns(self, tape: Tape, run: Run, channel: int, sd: float, last_ns: int) -> int:
        """When the fall ended."""
        low = max(tape.before(run.apex_ns), tape.before(last_ns - round(RISE_S / S)))
        t_s, values = tape.stretch(channel, low, tape.before(last_ns) + 1, last_ns)
        back_t_s, back = -t_s[::-1], values[::-1]
        lowest = max(float(back[0]), run.base)
        line = lowest + max(LINE * (float(np.nanmax(back)) - lowest), LINE_SD * sd)
        near = last_ns - tape.t_ns[tape.before((run.noticed_ns or last_ns) - round(TOP_S / S))]
        late = back[: int(back_t_s.searchsorted(near * S, side="right"))]
        top = int(np.argmax(late >= lowest + TOP * (float(np.nanmax(late)) - lowest)))
        ended_s = -foot(back_t_s[: top + 1], back[: top + 1], lowest, line, tape.blur_s)
        return last_ns + (round(min(0.0, ended_s) / S) if np.isfinite(ended_s) else 0)
