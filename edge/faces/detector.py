"""One face detector of the BlazeFace family: a square of the picture -> boxes, scores, six key points.

Anchors, box coding and key points as in the models' cards (MediaPipe face detection, full and short range).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge._native.warp import warp_square
from edge.arrays import Floats
from edge.config.sections import TfliteSection
from edge.formulas import sigmoid
from edge.tflite import load

RIGHT_EYE, LEFT_EYE = 0, 1  # key points of the subject's own right and left eye
IOU_SAME = 0.3  # two detections overlapping more than this are one face (value of the models' own graphs)
ROI_SCALE = 1.5  # side of the crop over the longer side of the box (value of the models' own graphs)

Square = tuple[float, float, float]
Tensor = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One face as the detector sees it."""

    box_px: tuple[float, float, float, float]
    """x, y, width, height in frame pixels."""
    angle_rad: float
    """Roll of the line between the eyes, clockwise on the screen."""
    score: float
    """0..1."""

    @property
    def crop_px(self) -> tuple[float, float, float, float]:
        """Rotated square for the mesh: centre x, centre y, side, angle."""
        x, y, w, h = self.box_px
        return (x + w / 2, y + h / 2, ROI_SCALE * max(w, h), self.angle_rad)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What distinguishes one detector file from another."""

    name: str
    """File name without suffix."""
    size_px: int
    """Side of the square input."""
    layers: tuple[tuple[int, int], ...]
    """Stride and anchors per cell of every output layer."""


FULL_RANGE = Kind(name="face_detection_full_range_sparse", size_px=192, layers=((4, 1),))
SHORT_RANGE = Kind(name="face_detection_short_range", size_px=128, layers=((8, 2), (16, 6)))


class Detector:
    """A detector file, run on one square of a picture at a time."""

    def __init__(self, kind: Kind, section: TfliteSection) -> None:
        self._anchors = _anchors(kind)
        self.model = load(section, kind.name)
        self._size_px = kind.size_px

    def view(self, image: NDArray[np.uint8], square: Square, view_rad: float = 0.0) -> Tensor:
        """Return one square of a picture (centre x, centre y, side in px) as the model wants it.

        The view is turned clockwise by `view_rad`.
        """
        view = np.empty_like(self.model.input)
        warp_square(image, view[0], *square, view_rad, 2 / 255, -1.0)
        return view

    def read(self, view: Tensor, square: Square, min_score: float) -> list[Detection]:
        """Return the faces of a view, best first, before suppression; boxes and angles as in the view."""
        x, y, side = square
        self.model.input[:] = view
        coded, logits = self.model.run()
        score = sigmoid(logits[0, :, 0])
        keep = np.flatnonzero(score >= min_score)
        keep = keep[np.argsort(-score[keep], kind="stable")]
        points = coded[0, keep].astype(np.float64).reshape(-1, 8, 2) / self._size_px
        points[:, 0] += self._anchors[keep]
        points[:, 2:] += self._anchors[keep, None]
        points[:, [0, *range(2, 8)]] -= 0.5
        points *= side
        points[:, [0, *range(2, 8)]] += (x, y)
        return [_detection(one, float(score[at])) for one, at in zip(points, keep, strict=True)]


def suppress(found: list[Detection]) -> list[Detection]:
    """Return one detection a face: overlapping ones are averaged, weighted by score."""
    rest = sorted(found, key=lambda one: -one.score)
    kept = []
    while rest:
        same = [one for one in rest if overlap(one.box_px, rest[0].box_px) > IOU_SAME]
        rest = [one for one in rest[1:] if one not in same]
        kept.append(_mean(same))
    return kept


def overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Return intersection over union of two boxes x, y, width, height, 0..1."""
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(0.0, w) * max(0.0, h)
    return both / max(1e-9, a[2] * a[3] + b[2] * b[3] - both)


def _mean(same: list[Detection]) -> Detection:
    weight = np.array([one.score for one in same])
    box = np.average([one.box_px for one in same], axis=0, weights=weight)
    turn = np.average(
        [(np.cos(one.angle_rad), np.sin(one.angle_rad)) for one in same], axis=0, weights=weight
    )
    return Detection(
        box_px=(float(box[0]), float(box[1]), float(box[2]), float(box[3])),
        angle_rad=float(np.arctan2(turn[1], turn[0])),
        score=same[0].score,
    )


def _detection(points: Floats, score: float) -> Detection:
    """Build a detection from centre, extent and six key points, [8, 2] px."""
    (x, y), (w, h) = points[0], points[1]
    eyes = points[2 + LEFT_EYE] - points[2 + RIGHT_EYE]
    return Detection(
        box_px=(float(x - w / 2), float(y - h / 2), float(w), float(h)),
        angle_rad=float(np.arctan2(eyes[1], eyes[0])),
        score=score,
    )


def _anchors(kind: Kind) -> Floats:
    """Return the anchors' centres in the order of the output, 0..1, [N, 2]."""
    parts = []
    for stride, per_cell in kind.layers:
        n = kind.size_px // stride
        y, x = np.divmod(np.repeat(np.arange(n * n), per_cell), n)
        parts.append(np.stack(((x + 0.5) / n, (y + 0.5) / n), axis=1))
    return np.concatenate(parts)
