"""Head pose out, face size out: weighted similarity alignment of rigid anchors to the person's own shape.

In: landmarks in frame pixels. Out: the pose, and the landmarks in cm in the frame of the head: x to the right
of the image on a frontal face, y up, z towards the camera, origin midway between the outer canthi, which are
8.89 cm apart.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge._native import align as kernel
from edge.arrays import Floats, overwrite
from edge.landmarks import LANDMARKS_N, OUTER_CANTHI

CANTHI_CM = 8.89  # distance between the outer canthi that fixes the unit, cm
ANCHORS = (10, 9, 8, 151, 6, 168, 197, 195, *OUTER_CANTHI, 133, 362)
"""Landmarks that move with the skull: forehead, bridge of the nose, canthi (the set py-feat aligns on)."""
WEIGHTS = np.array([0.1] * 4 + [1.0] * 8)
"""Weight of each anchor: the mesh drags the forehead along with the brows."""
OUTER = (ANCHORS.index(OUTER_CANTHI[0]), ANCHORS.index(OUTER_CANTHI[1]))

TEMPLATE_CM: Floats = np.array(
    [
        [0.0, 4.52, 1.67],
        [0.0, 2.01, 2.22],
        [0.0, 1.23, 2.10],
        [0.0, 3.25, 2.00],
        [0.0, -0.21, 2.54],
        [0.0, 0.52, 2.11],
        [0.0, -0.87, 3.06],
        [0.0, -1.48, 3.61],
        [-4.445, 0.0, 0.0],
        [4.445, 0.0, 0.0],
        [-1.70, -0.13, 0.52],
        [1.70, -0.13, 0.52],
    ]
)
"""Anchors of a generic head, [12, 3]: mean of the meshes of two public-domain portraits, mirrored onto itself
and turned to the usual zero of pitch. It fixes nothing but the zero of the pose."""

BOOTSTRAP_S = 1.0  # the reference is the plain mean of the first second
MEMORY_S = 60.0  # then an exponential mean of near-frontal frames
FRONTAL_RAD = math.radians(12.0)  # beyond it the mesh's own depth error would bend the reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """One mesh in the frame of its head."""

    points_cm: Floats
    """Landmarks, cm, [468, 3]."""
    pose_rad: tuple[float, float, float]
    """Yaw (positive: nose to the image's right), pitch (positive: nose up), roll (positive: counter-clockwise
    in the image), radians."""
    canthus_px: float
    """Distance between the outer canthi if seen from the front, frame pixels."""


_ANCHORS = np.array(ANCHORS, dtype=np.intc)
_UP_AND_FRONT = np.array([1.0, -1.0, -1.0])
_NAN = float("nan")
_UNKNOWN = Aligned(points_cm=np.full((LANDMARKS_N, 3), np.nan), pose_rad=(_NAN, _NAN, _NAN), canthus_px=0.0)


def similarity(source: Floats, target: Floats) -> tuple[float, Floats, Floats]:
    """Scale s, rotation R, translation t minimising sum w |s R a + t - b|^2 over the anchors (Umeyama 1991).

    `source` a and `target` b are [12, 3], w is `WEIGHTS`; R is proper. A degenerate source gives s = 0.
    """
    R, t = np.empty((3, 3)), np.empty(3)
    return kernel.similarity(source, target, WEIGHTS, R, t), R, t


class Head:
    """The running rigid shape of one person, and the alignment of every frame to it."""

    def __init__(self) -> None:
        self._shape = TEMPLATE_CM.copy()
        self._seen_s = 0.0
        self._last_ns: int | None = None

    def align(self, points_px: NDArray[np.floating], t_ns: int) -> Aligned:
        """Align one mesh ([468, 3], y down, z away), NaN for no shape, and let it refine the reference."""
        mesh = np.ascontiguousarray(points_px, np.float32)
        if self._last_ns is None:
            self._shape = _normalised(mesh[_ANCHORS] * _UP_AND_FRONT)
        points: Floats = np.empty(mesh.shape)
        s, *turn = kernel.lay(mesh, _ANCHORS, self._shape, WEIGHTS, points)
        if not s > 0:
            return _UNKNOWN
        yaw, pitch, roll = turn
        self._learn(points, max(abs(yaw), abs(pitch)), t_ns)
        return Aligned(points_cm=points, pose_rad=(yaw, pitch, roll), canthus_px=CANTHI_CM / s)

    def wipe(self) -> None:
        """Overwrite the person's shape."""
        overwrite(self._shape)
        self._seen_s, self._last_ns = 0.0, None

    def _learn(self, points_cm: Floats, turned_rad: float, t_ns: int) -> None:
        """Mean over the first second, then an exponential mean of near-frontal frames."""
        step_s = 0.04 if self._last_ns is None else min(0.5, (t_ns - self._last_ns) / 1e9)
        self._last_ns = t_ns
        if self._seen_s >= BOOTSTRAP_S and turned_rad > FRONTAL_RAD:
            return
        self._seen_s = min(MEMORY_S, self._seen_s + step_s)
        gain = step_s / (self._seen_s if self._seen_s < BOOTSTRAP_S else MEMORY_S)
        kernel.follow(self._shape, points_cm, _ANCHORS, min(1.0, gain))
        kernel.normalise(self._shape, TEMPLATE_CM, WEIGHTS, *OUTER, CANTHI_CM)


def _normalised(anchors: Floats) -> Floats:
    """Scale the canthi to the unit distance and turn the shape onto the template."""
    shape = np.ascontiguousarray(anchors, np.float64)
    kernel.normalise(shape, TEMPLATE_CM, WEIGHTS, *OUTER, CANTHI_CM)
    return shape
