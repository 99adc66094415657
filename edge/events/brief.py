"""Brief movements (at most half a second) by feature-difference contrast.

    c(t) = f(t) - (f(t - k) + f(t + k)) / 2        (Moilanen et al. 2014, here signed: activations rise)

A channel whose contrast exceeds its threshold (`Noise.contrast`) has a candidate. It is looked at
again when its surroundings are known: it must stand clear of the noise, come back to where it came from and
be short.
"""

import numpy as np

from edge.arrays import overwrite
from edge.events.noise import Noise
from edge.events.shape import Shape, fall_end, rise_start
from edge.events.tape import COLUMNS, EYES, S, Tape
from edge.records import BRIEF_MAX_S

MIN_S = 0.05
FOOT_S = 0.36  # the feet of a brief movement lie within this of its apex
WAIT_S = 0.40  # how long candidates ripen after their apex
CLEAR_SD = 6.0  # height over the higher foot, in noise of the raw channel
RETURN = 0.5  # the feet differ by less than this share of the height
BRIEF = np.arange(COLUMNS) <= EYES  # not what each eye does: that has a rule of its own (`blink`)
CLEAR_CONTRAST = 1.0  # height over the higher foot, in contrast thresholds


class BriefSpotter:
    """Candidates of every channel of one person, ripening until both feet are on tape."""

    def __init__(self, half_s: float) -> None:
        self._half_ns = round(half_s * 1e9)
        self._best = np.full(COLUMNS, -np.inf)
        self._best_ns = np.zeros(COLUMNS, dtype=np.int64)
        self._held = False
        self._ripening: list[tuple[int, int]] = []
        self.contrast = np.full(COLUMNS, np.nan)
        """Newest contrast, [C]."""

    def wipe(self) -> None:
        """Overwrite the candidates."""
        overwrite(self.contrast, self._best, self._best_ns)
        self._held, self._ripening = False, []

    def update(self, tape: Tape, noise: Noise) -> list[Shape]:
        """Look at the newest instant with both sides known; return the shapes that ripened."""
        if tape.smooth_end < 3:
            return []
        newest_ns = int(tape.t_ns[tape.smooth_end - 1])
        centre = tape.before(newest_ns - self._half_ns)
        centre_ns = int(tape.t_ns[centre])
        around = tape.at(centre_ns - self._half_ns) + tape.at(centre_ns + self._half_ns)
        self.contrast = tape.smooth[centre] - around / 2
        self._collect(centre_ns, noise)
        if not self._ripening:
            return []
        ripe = [c for c in self._ripening if newest_ns - c[1] >= WAIT_S * 1e9]
        self._ripening = [c for c in self._ripening if newest_ns - c[1] < WAIT_S * 1e9]
        shapes = [self._shape(tape, noise, channel, apex_ns) for channel, apex_ns in ripe]
        return [shape for shape in shapes if shape is not None]

    def _collect(self, centre_ns: int, noise: Noise) -> None:
        """Keep the highest contrast of every excursion above the threshold."""
        with np.errstate(invalid="ignore"):
            above = BRIEF & (self.contrast > noise.contrast)
            if not (self._held or above.any()):
                return
            better = above & (self.contrast > self._best)
        self._best[better] = self.contrast[better]
        self._best_ns[better] = centre_ns
        self._held = bool(above.any())
        for channel in (~above & np.isfinite(self._best)).nonzero()[0]:
            self._ripening.append((int(channel), int(self._best_ns[channel])))
            self._best[channel] = -np.inf

    def _shape(self, tape: Tape, noise: Noise, channel: int, apex_ns: int) -> Shape | None:
        """Measure one candidate; None if it is not a brief movement that came back."""
        low = tape.before(apex_ns - round(FOOT_S * 1e9))
        high = min(tape.before(apex_ns + round(FOOT_S * 1e9)) + 1, tape.smooth_end)
        t_s, values = tape.stretch(channel, low, high, apex_ns)
        near = np.flatnonzero(np.abs(t_s) <= self._half_ns * S / 2)
        if len(values) < 5 or not near.size or not np.isfinite(values).all():
            return None
        apex = int(near[np.argmax(values[near])])
        left, right = float(values[: apex + 1].min()), float(values[apex:].min())
        height = float(values[apex]) - max(left, right)
        enough = max(CLEAR_SD * noise.sd[channel], CLEAR_CONTRAST * noise.contrast[channel])
        if not height > enough or abs(left - right) >= RETURN * height:
            return None
        base = float(values[apex]) - height
        onset_s = rise_start(t_s[: apex + 1], values[: apex + 1], base, float(values[apex]), tape.blur_s)
        offset_s = fall_end(t_s[apex:], values[apex:], base, float(values[apex]), tape.blur_s)
        if not MIN_S <= offset_s - onset_s <= BRIEF_MAX_S:
            return None
        onset_ns, top_ns, offset_ns = (
            apex_ns + round(time_s / S) for time_s in (onset_s, float(t_s[apex]), offset_s)
        )
        return Shape(channel=channel, onset_ns=onset_ns, apex_ns=top_ns, offset_ns=offset_ns, height=height)
