"""What disqualifies a movement: a turning head, a blink, speech, a young or dim track, missing frames."""

import numpy as np

from edge.arrays import Floats
from edge.events.noise import Noise
from edge.events.shape import Shape
from edge.events.tape import EYES, SPOTTED, S, Tape
from edge.records import BRIEF_MAX_S

HEAD_RAD_S = np.radians(20.0)
STILL_RAD = np.radians(1.5)  # a head that turns less between onset and offset holds still
HEAD_STEP_S = 0.15  # a strong smile alone tips the mesh by up to two degrees for a tenth of a second
GROWTH_S = 0.7  # share of its size by which a face grows in a second: heads did by .41, a mesh that slips .95
TURN_S = 1.0
TURN_SD = 7.0  # a turn of one degree may fake this many noise deviations, where channels are not in cm
TURNED = {
    "AU01": 0.02,
    "AU02": 0.02,
    "AU04": 0.02,
    "AU05": 0.006,
    "AU07": 0.006,
    "AU10": 0.02,
    "AU12": 0.06,
    "AU18": 0.06,
    "AU24": 0.03,
    "AU25": 0.015,
    "AU26": 0.03,
    "AU45": 0.01,
}
"""Height that a turn of one degree may fake, cm (AU45 in shares of the open eye): twice what turning heads of
real conversations showed in the median, where the frame's noise hardly grows."""
BLINK_S = 0.15
CLOSING, CLOSING_SD = 0.03, 4.0  # contrast of AU45 from which an eye closes: in shares of it, in noise
LONGEST_BLINK_S = 1.5  # what it leaves in a channel takes a while to settle
DRAGGED = {
    "AU01": 1.0,
    "AU02": 1.1,
    "AU04": 1.0,
    "AU05": 1.0,
    "AU07": 0.6,
    "AU10": 1.0,
    "AU18": 1.75,
    "AU26": 1.75,
}
"""Height that a closing eye explains, cm per unit of its contrast: what it drags along in the mesh, or, for
AU04, what a lowered brow exceeds (`docs/signals.md`)."""
DRAWN, LONGER = 0.1, 0.3
"""What a lowered brow does and a blink does not, cm per unit of the eye's contrast: each brow moves to the
other one, and the mesh lengthens the face below the nose."""
PULLED = {
    "AU01": 0.13,
    "AU02": 0.10,
    "AU04": 0.14,
    "AU05": 0.04,
    "AU07": 0.08,
    "AU10": 0.17,
    "AU18": 0.10,
    "AU24": 0.08,
    "AU25": 0.23,
    "AU26": 0.25,
}
"""Height that a smile explains, cm per cm that AU12 rises: what the mouth's corners drag along."""
OPENED = 1.2  # height of a short smile that an opening mouth explains, cm per cm that AU25 rises
PARTED = {"AU01": 0.15, "AU02": 0.15}  # what an opening mouth drags along, cm per cm of its contrast
PULLED_S = 0.5  # the smile may begin and end this much earlier and later
SPEECH_BEFORE_S, SPEECH_AFTER_S = 0.3, 1.0
YOUNG_BRIEF_S, YOUNG_S, YOUNG_EYES_S = 1.0, 0.3, 0.2
LEARNT_S, UNLEARNT = 1.0, 2.0  # until then a turn may fake so much more: the person's own share is not learnt
CALM_BEFORE_S, CALM_AFTER_S = 0.6, 0.35
CALM_MARGIN_S = 0.07  # the estimated onset and offset lie a little inside the movement
CALM = 1.3  # a brief movement is this many times higher than the channel's range just before and after
MAX_STEP_S = 0.07  # brief movements need every frame at 15 Hz or more
SPEECH_SD = 12.0  # the mesh lets the mouth shake the brows: while speaking they must stand out so far
UPPER = frozenset({"AU01", "AU02", "AU04", "AU05", "AU07"})
HELD_S = 0.95  # a mouth open this long that rises to half its height once a second or less does not speak
MOUTH, SMILE, SMILE_S = (
    "AU25",
    "AU12",
    1.5,
)  # a longer smile counts even while speaking: words widen the mouth for 1.4
INNER, LOWERED, JAW = (SPOTTED.index(name) for name in ("AU01", "AU04", "AU26"))
SPEAKING, DIM, FAR = 0, 1, 2


class Reasons:
    """Judges shapes against one person's tape; what blinks and smiles drag along is known in cm only."""

    def __init__(self, tape: Tape, noise: Noise, first_ns: int, half_ns: int, *, in_cm: bool = True) -> None:
        self._tape = tape
        self._noise = noise
        self._first_ns = first_ns
        self._half_ns = half_ns
        self._in_cm = in_cm

    @staticmethod
    def known_ns(shape: Shape) -> int:
        """Time from which everything that may disqualify the shape is on tape."""
        after_s = BLINK_S + 0.25 if shape.channel == EYES else SPEECH_AFTER_S
        return shape.offset_ns + round(after_s * 1e9)

    def against(self, shape: Shape, *, brief: bool) -> bool:
        """Whether anything is a reason to reject the shape."""
        young_s = YOUNG_EYES_S if shape.channel == EYES else YOUNG_BRIEF_S if brief else YOUNG_S
        if self._age_s(shape) < young_s:
            return True
        if self._in_cm and (self._blinked(shape, brief=brief) or self._pulled(shape) or self._parted(shape)):
            return True
        return self._against_brief(shape) if brief else self._against_longer(shape)

    def _against_brief(self, shape: Shape) -> bool:
        """Missing frames, too little to see, a face that grows, a turning head, unrest, speech."""
        if self._in_cm and self._speed(self._tape.log_px, shape) > GROWTH_S:  # boxes of others jump about
            return True
        if self._longest_step_s(shape) > MAX_STEP_S or self._flag(DIM, shape.onset_ns, shape.offset_ns):
            return True
        if shape.channel == EYES:  # a blink tips the mesh, and people blink while they turn
            return False
        fast = self._speed(self._tape.pose_rad, shape) > HEAD_RAD_S
        return fast or self._restless(shape) or self._in_speech(shape)

    def _against_longer(self, shape: Shape) -> bool:
        """Missing frames, a turning head, speech."""
        step_s = self._longest_step_s(shape)
        sparse = step_s > MAX_STEP_S and shape.length_s < BRIEF_MAX_S + 3 * step_s
        return sparse or self._turned(shape) or self._spoken(shape)

    def _pulled(self, shape: Shape) -> bool:
        """Whether a smile under way explains the movement, or an opening mouth a short smile."""
        name = SPOTTED[shape.channel]
        if name == SMILE:
            return shape.length_s < SMILE_S and shape.height <= OPENED * self._rise(MOUTH, shape)
        return name in PULLED and shape.height <= PULLED[name] * self._rise(SMILE, shape)

    def _parted(self, shape: Shape) -> bool:
        """Whether the mouth that opens during a short raise of the brows explains it."""
        share = PARTED.get(SPOTTED[shape.channel], 0.0)
        if not share or shape.length_s > BRIEF_MAX_S:
            return False
        return shape.height <= share * self._contrast(SPOTTED.index(MOUTH), shape.onset_ns, shape.offset_ns)

    def _rise(self, name: str, shape: Shape) -> float:
        """How far a channel rises around the movement, cm; 0 where it is not known."""
        beside_ns = round(PULLED_S / S)
        low = self._tape.before(shape.onset_ns - beside_ns)
        high = min(self._tape.before(shape.offset_ns + beside_ns) + 1, self._tape.smooth_end)
        values = self._tape.smooth[low:high, SPOTTED.index(name)]
        known = values[np.isfinite(values)]
        return float(known.max() - np.quantile(known, 0.05)) if len(known) else 0.0

    def _blinked(self, shape: Shape, *, brief: bool) -> bool:
        """Whether an eye that closes beside the movement hides it or explains it.

        A closing eye drags the mesh's brows and mouth along, a lowered brow the lids: whose movement it is
        tells the share of the two, and what else a lowered brow does.
        """
        if shape.channel == EYES or shape.length_s > LONGEST_BLINK_S:
            return False
        name, beside_ns = SPOTTED[shape.channel], round(BLINK_S * 1e9)
        first_ns, last_ns = (shape.onset_ns, shape.offset_ns) if brief else (shape.apex_ns, shape.apex_ns)
        closing = self._contrast(EYES, first_ns - beside_ns, last_ns + beside_ns)
        if not closing > max(CLOSING, CLOSING_SD * self._noise.sd[EYES]):
            return False
        if shape.height <= DRAGGED.get(name, 0.0) * closing:
            return True
        return name == "AU04" and not self._frowned(shape, closing)

    def _frowned(self, shape: Shape, closing: float) -> bool:
        """Whether the brows also draw together and the face below the nose gets longer.

        Not to be seen too far away, or while the head turns, which moves them too.
        """
        turned = self._turn_rad(shape.onset_ns, shape.offset_ns) > STILL_RAD
        if turned or self._flag(FAR, shape.onset_ns, shape.offset_ns):
            return False
        at_ns = shape.apex_ns - 1, shape.apex_ns + 2  # measured from elsewhere, to a nanosecond
        drawn = self._contrast(LOWERED, *at_ns) + self._contrast(INNER, *at_ns)
        return drawn > DRAWN * closing and self._contrast(JAW, *at_ns) > LONGER * closing

    def _contrast(self, channel: int, start_ns: int, end_ns: int) -> float:
        """Highest contrast of a channel between two times, minus infinity where there is none."""
        contrast = self._tape.contrast(channel, start_ns, end_ns, self._half_ns)
        return float(np.fmax.reduce(contrast, initial=-np.inf))

    def _in_speech(self, shape: Shape) -> bool:
        """Whether speech is near; brows that stand out far are let through."""
        upper = SPOTTED[shape.channel] in UPPER
        clear = upper and shape.height >= SPEECH_SD * float(self._noise.sd[shape.channel])
        before_s, after_s = SPEECH_BEFORE_S, SPEECH_AFTER_S
        return not clear and self._flag(SPEAKING, shape.onset_ns, shape.offset_ns, before_s, after_s)

    def _turned(self, shape: Shape) -> bool:
        """Whether the head's turn to the apex explains this height, from just before and from its usual pose.

        Who looks back from the side has a channel that is as it always is in front.
        """
        if not self._in_cm:
            faked_sd = TURN_SD * np.degrees(self._turn_rad(shape.onset_ns, shape.apex_ns))
            return bool(shape.height < faked_sd * self._noise.sd[shape.channel])
        low = self._tape.before(shape.onset_ns - round(TURN_S / S))
        pose = self._tape.pose_rad[low : self._tape.before(shape.apex_ns) + 1]
        before = np.linalg.norm(pose - pose[-1], axis=1).max()
        turn_deg = np.degrees(np.fmin(before, np.linalg.norm(self._noise.pose_rad - pose[-1])))
        share = TURNED[SPOTTED[shape.channel]] * (UNLEARNT if self._age_s(shape) < LEARNT_S else 1.0)
        return shape.height < share * float(turn_deg)

    def _age_s(self, shape: Shape) -> float:
        """Age of the track at the onset, s."""
        return (shape.onset_ns - self._first_ns) * S

    def _turn_rad(self, start_ns: int, end_ns: int) -> float:
        """How far the head turned from one time to another, rad."""
        start, end = (self._tape.pose_rad[self._tape.before(t_ns)] for t_ns in (start_ns, end_ns))
        return float(np.linalg.norm(end - start))

    def _spoken(self, shape: Shape) -> bool:
        """Whether a longer lower-face movement is speech; a smile outlasts a syllable, and swings less."""
        name = SPOTTED[shape.channel]
        outlasts = shape.length_s >= (SMILE_S if name == SMILE else HELD_S)
        held = outlasts and (name == SMILE or self._rises(shape) <= 1 + shape.length_s)
        if name in UPPER or shape.channel == EYES or held:
            return False
        return self._flag(SPEAKING, shape.onset_ns, shape.apex_ns, 0.0, SPEECH_AFTER_S)

    def _rises(self, shape: Shape) -> int:
        """How often the channel rises through half of its height within the movement."""
        low, high = self._tape.before(shape.onset_ns), self._tape.before(shape.offset_ns) + 1
        values = self._tape.smooth[low : min(high, self._tape.smooth_end), shape.channel]
        above = values > np.nanmax(values, initial=-np.inf) - shape.height / 2
        return int(np.count_nonzero(above[1:] & ~above[:-1]))

    def _flag(
        self, flag: int, start_ns: int, end_ns: int, before_s: float = 0.0, after_s: float = 0.0
    ) -> bool:
        low = self._tape.before(start_ns - round(before_s * 1e9))
        high = self._tape.before(end_ns + round(after_s * 1e9)) + 1
        return bool(self._tape.flags[low:high, flag].any())

    def _restless(self, shape: Shape) -> bool:
        """Whether the channel moves nearly as much beside the movement."""
        margin_ns, onset_ns, offset_ns = round(CALM_MARGIN_S * 1e9), shape.onset_ns, shape.offset_ns
        before = self._range(shape.channel, onset_ns - round(CALM_BEFORE_S * 1e9), onset_ns - margin_ns)
        after = self._range(shape.channel, offset_ns + margin_ns, offset_ns + round(CALM_AFTER_S * 1e9))
        return not shape.height > CALM * max(before, after)

    def _range(self, channel: int, start_ns: int, end_ns: int) -> float:
        """Largest minus smallest smoothed value between two times; 0 without samples."""
        low, high = self._tape.before(start_ns), min(self._tape.before(end_ns) + 1, self._tape.smooth_end)
        values = self._tape.smooth[low:high, channel]
        return float(np.ptp(values)) if len(values) else 0.0

    def _longest_step_s(self, shape: Shape) -> float:
        """Longest time between two frames of the movement, s."""
        low, high = self._tape.before(shape.onset_ns), self._tape.before(shape.offset_ns) + 2
        times_ns = self._tape.t_ns[low : min(high, self._tape.end)]
        return float(np.diff(times_ns).max()) * S if len(times_ns) > 1 else 0.0

    def _speed(self, moved: Floats, shape: Shape) -> float:
        """Largest mean speed over HEAD_STEP_S of one array of the tape, per s; 0 where it is not known."""
        low = self._tape.before(shape.onset_ns - round(HEAD_STEP_S * 1e9))
        high = min(self._tape.before(shape.offset_ns) + 1, self._tape.end)
        rows, t_s = moved[low:high], self._tape.t_ns[low:high] * S
        lag = max(1, round(HEAD_STEP_S / self._tape.period_s))
        way = np.linalg.norm(rows[lag:] - rows[:-lag], axis=1)
        return float(np.fmax.reduce(way / (t_s[lag:] - t_s[:-lag]), initial=0.0))
