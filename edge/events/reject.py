"""What disqualifies a movement: a turning head, a blink, speech, a young or dim track, missing frames."""

import numpy as np
from numpy.typing import NDArray

from edge.events.brief import MAX_S, Shape
from edge.events.tape import S, Tape

HEAD_RAD_S = np.radians(20.0)
HEAD_STEP_S = 0.15  # a strong smile alone tips the mesh by up to two degrees for a tenth of a second
TURN_SD = (
    5.0  # a turn of one degree may fake so many noise deviations of a longer movement (stage: up to 4.5)
)
BLINK_S = 0.15
SPEECH_BEFORE_S, SPEECH_AFTER_S = 0.3, 1.0
YOUNG_BRIEF_S, YOUNG_S = 1.0, 0.3
CALM_BEFORE_S, CALM_AFTER_S = 0.6, 0.35
CALM_MARGIN_S = 0.07  # the estimated onset and offset lie a little inside the movement
CALM = 1.3  # a brief movement is so many times higher than the channel's range just before and after
MAX_STEP_S = 0.07  # brief movements need every frame at 15 Hz or more
SPEECH_SD = 12.0  # the mesh lets the mouth shake the brows: while speaking they must stand out so far
UPPER = frozenset({"AU01", "AU02", "AU04", "AU05", "AU06", "AU07", "AU09"})
EYES = "AU45"
SMILE, SMILE_S = "AU12", 1.5  # a longer smile counts even while speaking: words widen the mouth for 1.4
SPEAKING, CLOSING, DIM = 0, 1, 2


class Reasons:
    """Judges shapes against one person's tape."""

    def __init__(self, tape: Tape, first_ns: int, noise_sd: NDArray[np.float64]) -> None:
        self._tape = tape
        self._first_ns = first_ns
        self._noise_sd = noise_sd

    @staticmethod
    def known_ns(shape: Shape, name: str) -> int:
        """Time from which everything that may disqualify the shape is on tape."""
        after_s = BLINK_S + 0.25 if name == EYES else SPEECH_AFTER_S
        return shape.offset_ns + round(after_s * 1e9)

    def against(self, shape: Shape, name: str, *, brief: bool) -> bool:
        """Whether anything speaks against the shape."""
        young_s = YOUNG_BRIEF_S if brief else YOUNG_S
        if (shape.onset_ns - self._first_ns) * S < young_s:
            return True
        step_s = self._longest_step_s(shape)
        if not brief:
            sparse = step_s > MAX_STEP_S and (shape.offset_ns - shape.onset_ns) * S < MAX_S + 3 * step_s
            return sparse or self._turned(shape) or self._spoken(shape, name)
        if step_s > MAX_STEP_S or self._flag(DIM, shape.onset_ns, shape.offset_ns, 0.0, 0.0):
            return True
        if self._head_speed(shape.onset_ns, shape.offset_ns) > HEAD_RAD_S:
            return True
        if name != EYES and self._restless(shape):
            return True
        return self._in_company(shape, name)

    def _in_company(self, shape: Shape, name: str) -> bool:
        """Blinks near upper-face movements, speech near lower-face ones."""
        if name == EYES:
            return False
        if name in UPPER and self._flag(CLOSING, shape.onset_ns, shape.offset_ns, BLINK_S, BLINK_S):
            return True
        clear = name in UPPER and shape.height >= SPEECH_SD * float(self._noise_sd[shape.channel])
        return not clear and self._flag(
            SPEAKING, shape.onset_ns, shape.offset_ns, SPEECH_BEFORE_S, SPEECH_AFTER_S
        )

    def _turned(self, shape: Shape) -> bool:
        """Whether the head's turn between onset and apex explains a movement of this height."""
        ends = [self._tape.before(shape.onset_ns), min(self._tape.before(shape.apex_ns), self._tape.end - 1)]
        turn_deg = float(np.degrees(np.linalg.norm(np.subtract(*self._tape.pose_rad[ends]))))
        return shape.height < TURN_SD * turn_deg * float(self._noise_sd[shape.channel])

    def _spoken(self, shape: Shape, name: str) -> bool:
        """Whether a longer lower-face movement is speech; a smile outlasts a syllable."""
        smile = name == SMILE and (shape.offset_ns - shape.onset_ns) * S >= SMILE_S
        if name in UPPER or name == EYES or smile:
            return False
        return self._flag(SPEAKING, shape.onset_ns, shape.apex_ns, 0.0, SPEECH_AFTER_S)

    def _flag(self, flag: int, start_ns: int, end_ns: int, before_s: float, after_s: float) -> bool:
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

    def _head_speed(self, start_ns: int, end_ns: int) -> float:
        """Largest mean speed of the head over HEAD_STEP_S, rad/s."""
        low = self._tape.before(start_ns - round(HEAD_STEP_S * 1e9))
        high = min(self._tape.before(end_ns) + 1, self._tape.end)
        pose, t_s = self._tape.pose_rad[low:high], self._tape.t_ns[low:high] * S
        lag = max(1, round(HEAD_STEP_S / self._tape.period_s))
        if len(pose) <= lag:
            return 0.0
        moved = np.linalg.norm(pose[lag:] - pose[:-lag], axis=1)
        return float(np.max(moved / (t_s[lag:] - t_s[:-lag])))
