"""The MEGC protocol: spotted intervals against true ones, counted over a whole database."""

from dataclasses import dataclass

Interval = tuple[float, float]
LEAST_IOU = 0.5


@dataclass(frozen=True)
class Score:
    """Counts summed over videos."""

    tp: int = 0
    fp: int = 0
    fn: int = 0

    def __add__(self, other):
        return Score(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def precision(self):
        """TP / (TP + FP); NaN without predictions."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else float("nan")

    @property
    def recall(self):
        """TP / (TP + FN); NaN without truths."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else float("nan")

    @property
    def f1(self):
        """2 TP / (2 TP + FP + FN); NaN without anything."""
        whole = 2 * self.tp + self.fp + self.fn
        return 2 * self.tp / whole if whole else float("nan")


def iou(a: Interval, b: Interval) -> float:
    """Intersection over union of two intervals, 0 where disjoint."""
    union = max(a[1], b[1]) - min(a[0], b[0])
    return max(0.0, min(a[1], b[1]) - max(a[0], b[0])) / union if union > 0 else float(a == b)


def frames(interval: Interval) -> Interval:
    """Turn inclusive frame numbers into an interval whose length counts frames."""
    return (interval[0], interval[1] + 1)


def match(truth: list[Interval], spotted: list[Interval]) -> dict[int, int]:
    """Pair each truth with at most one spotted interval of IoU >= .5, best pairs first."""
    pairs = sorted(
        ((iou(t, s), i, j) for i, t in enumerate(truth) for j, s in enumerate(spotted)), key=lambda p: -p[0]
    )
    found: dict[int, int] = {}
    for overlap, i, j in pairs:
        if overlap >= LEAST_IOU and i not in found and j not in found.values():
            found[i] = j
    return found


def score(truth: list[Interval], spotted: list[Interval]) -> Score:
    """Count one video; videos without truth count their predictions as false."""
    tp = len(match(truth, spotted))
    return Score(tp, len(spotted) - tp, len(truth) - tp)
