"""Whether people stand upright in the picture: now and then a look at it in all four right-angled turns.

A turn scores the sum of the faces found upright in it. Upright against upside down that is 2.8 against .2
(four people), .86 against .59 (one large face, the closest of the recordings). A turn wins a look when it is
better than no turn by more than `MARGIN`; it is reported while it has won `MOST` of the last `VOTES` looks.
"""

import math
from collections import Counter, deque
from collections.abc import Iterable

from edge.config.sections import FacesSection, TfliteSection
from edge.faces.detector import FULL_RANGE, Detector, suppress
from edge.faces.squares import whole
from edge.records import Frame

VOTES, MOST = 6, 5
MARGIN = 0.1  # scores
EARLY_S, EMPTY_S, LATE_S = 1.0, 5.0, 60.0  # to the next look: at first, after one at nobody, later
TURNS = 4


class Upright:
    """Takes the frames in which the detector is idle: one of the four turns a frame."""

    def __init__(self, detector: Detector, min_score: float) -> None:
        self._detector, self._min_score = detector, min_score
        self._begin()

    def _begin(self) -> None:
        self._scores: list[float] = []
        self._votes: deque[int] = deque(maxlen=VOTES)
        self._next_ns: int | None = None

    def update(self, frame: Frame) -> None:
        """Look at one turn of the frame, if a look is due or under way."""
        if self._next_ns is None:
            self._next_ns = frame.t_ns
        if frame.t_ns < self._next_ns:
            return
        self._scores.append(self._score(frame, len(self._scores)))
        if len(self._scores) == TURNS:
            self._next_ns = frame.t_ns + round(self._vote() * 1e9)

    def look(self, frame: Frame) -> None:
        """Look at all turns of one frame, due or not."""
        self._scores = [self._score(frame, turn) for turn in range(TURNS)]
        self._vote()

    @property
    def turn_deg(self) -> int:
        """How far the pictures are to be turned clockwise so that people stand upright; 0 if they do."""
        best = next((turn for turn, count in Counter(self._votes).items() if count >= MOST), 0)
        return -90 * best % 360

    def wipe(self) -> None:
        """Forget every look."""
        self._begin()

    def _score(self, frame: Frame, turn: int) -> float:
        """Sum the scores of the faces that are upright in a view turned clockwise by `turn` right angles."""
        height, width = frame.image.shape[:2]
        angle_rad = turn * math.pi / 2
        found = self._detector.detect(frame.image, whole(width, height), self._min_score, angle_rad)
        return sum(one.score for one in suppress(found) if abs(one.angle_rad) < math.pi / 4)

    def _vote(self) -> float:
        """Note which turn is best, unless nobody was seen; return the seconds to the next look."""
        scores, self._scores = self._scores, []
        best = max(range(TURNS), key=scores.__getitem__)
        if scores[best] == 0:
            return EMPTY_S
        self._votes.append(best if scores[best] > scores[0] + MARGIN else 0)
        return EARLY_S if len(self._votes) < VOTES or self.turn_deg else LATE_S


def hanging_deg(frames: Iterable[Frame], section: FacesSection, tflite: TfliteSection) -> int:
    """Return how far pictures of some moments are to be turned clockwise; 0 if people are upright in them."""
    upright = Upright(Detector(FULL_RANGE, tflite), section.min_score)
    for frame in frames:
        upright.look(frame)
    return upright.turn_deg
