"""Whether people stand upright in the picture: now and then a look at it in all four right-angled turns.

A turn scores the sum of the faces found upright in it. Upright against upside down that is 2.8 against .2
(four people), .86 against .59 (one large face, the closest of the recordings). A turn wins a look when it is
better than no turn by more than `MARGIN`; it is reported while it has won `MOST` of the last `VOTES` looks.
"""

import math
from collections import Counter, deque
from collections.abc import Iterable

from edge.config.sections import FacesSection, TfliteSection
from edge.faces.detector import FULL_RANGE, Detection, Detector, suppress
from edge.faces.squares import whole
from edge.records import Frame

VOTES, MOST = 6, 5
MARGIN = 0.1  # scores
EARLY_S, EMPTY_S, LATE_S = 1.0, 5.0, 60.0  # to the next look: at first, after one at nobody, later
TURNS = 4


class Upright:
    """Says when and how turned the picture is to be looked at, and takes what was found."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._scores: list[float] = []
        self._votes: deque[int] = deque(maxlen=VOTES)
        self._next_ns: int | None = None

    def due(self, t_ns: int) -> bool:
        """Whether a look is due, or one is under way."""
        if self._next_ns is None:
            self._next_ns = t_ns
        return t_ns >= self._next_ns

    @property
    def view_rad(self) -> float:
        """How far the view of the next look is turned clockwise."""
        return len(self._scores) * math.pi / 2

    def take(self, found: list[Detection], t_ns: int) -> None:
        """Take the faces found in the next view of a look at `t_ns`."""
        self._scores.append(sum(one.score for one in suppress(found) if abs(one.angle_rad) < math.pi / 4))
        if len(self._scores) == TURNS:
            self._next_ns = t_ns + round(self._vote() * 1e9)

    @property
    def turn_deg(self) -> int:
        """How far the pictures are to be turned clockwise so that people stand upright; 0 if they do."""
        best = next((turn for turn, count in Counter(self._votes).items() if count >= MOST), 0)
        return -90 * best % 360

    def wipe(self) -> None:
        """Forget every look."""
        self._begin()

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
    upright, detector = Upright(), Detector(FULL_RANGE, tflite)
    for frame in frames:
        square = whole(frame.image.shape[1], frame.image.shape[0])
        for _ in range(TURNS):
            view = detector.view(frame.image, square, upright.view_rad)
            upright.take(detector.read(view, square, section.min_score), frame.t_ns)
    return upright.turn_deg
