"""Aligned landmarks to the raw features of the channel table."""

import math

import numpy as np
from numpy.typing import NDArray

from edge._native import features as kernel
from edge._native.landmarks import extent
from edge.arrays import Floats
from edge.expression.channels import EYES, POINTS, TABLE

SIDE_RAD = math.radians(35.0)  # where the cheek's surface looks, either way from the nose (ours)
SLANT = 0.25  # cosine of the angle to the camera from which a surface is seen (ours)
TURNED_RAD = math.radians(60.0)  # the far side is hidden by then


def _compiled() -> kernel.Features:
    """Every distinct pair of named points, and the weights of its d, y, z in each channel [C, T, 3].

    The leaning of those read on the near side are the right side's terms less the left's.
    """
    names = list(POINTS)
    pairs = sorted({(a, b) for channel in TABLE for _, a, b, _ in channel.terms})
    weights, leaning = np.zeros((2, len(TABLE), len(pairs), 3))
    for row, channel in enumerate(TABLE):
        for kind, a, b, weight in channel.terms:
            at = pairs.index((a, b)), "dyz".index(kind)
            weights[row][at] += weight
            if channel.near:
                leaning[row][at] += weight * _side(a, b)
    numbers = [(names.index(a), names.index(b)) for a, b in pairs]
    return kernel.Features(list(POINTS.values()), numbers, weights, leaning)


def _side(*points: str) -> int:
    """Return 1 for points on the subject's right, -1 on the left, 0 for the middle or both sides."""
    return any(one.endswith("_r") for one in points) - any(one.endswith("_l") for one in points)


_FEATURES = _compiled()
_EYES = np.array(EYES, dtype=np.intc)
_EACH_EYE = [np.ascontiguousarray(_EYES[i : i + 1]) for i in range(2)]
_EYE_LANDMARKS = {i for eye in EYES for i in eye}
_OF_CHANNEL = [
    np.array(
        sorted({i for _, *ends, _ in channel.terms for end in ends for i in POINTS[end]} or _EYE_LANDMARKS)
    )
    for channel in TABLE
]


def features(points_cm: Floats, yaw_rad: float = 0.0) -> Floats:
    """Raw features, cm, [C], of an aligned mesh [468, 3] of a head with this yaw; AU45 is left NaN."""
    raw = np.empty(len(TABLE))
    _FEATURES.measure(points_cm, _lean(yaw_rad), raw)
    raw[-1] = np.nan
    return raw


def _lean(yaw_rad: float) -> float:
    """How much more the right side of a head is seen than the left: (r - l) / (r + l), -1..1.

    Each side is seen by v = max(0, cos(angle of its surface to the camera) - SLANT)^2.
    """
    yaw = max(-TURNED_RAD, min(TURNED_RAD, yaw_rad))
    right, left = (max(0.0, math.cos(yaw - side) - SLANT) ** 2 for side in (SIDE_RAD, -SIDE_RAD))
    return (right - left) / (right + left)


def eye_aspect(points_cm: Floats) -> float:
    """EAR = (|p2 - p6| + |p3 - p5|) / (2 |p1 - p4|), mean of both eyes; NaN for an eye without width."""
    return kernel.eye_aspect(points_cm, _EYES)


def eye_aspects(points_cm: Floats) -> Floats:
    """EAR of the right and of the left eye, [2]."""
    return np.array([kernel.eye_aspect(points_cm, eye) for eye in _EACH_EYE])


def outside(points_px: NDArray[np.float32], frame_size: tuple[int, int]) -> NDArray[np.bool_]:
    """Which channels use a landmark beyond the frame (width, height in px), [C]: the mesh invents those."""
    width, height = frame_size
    left, top, right, bottom = extent(points_px, 0.0)
    if left >= 0 and top >= 0 and right < width and bottom < height:
        return np.zeros(len(TABLE), dtype=bool)
    x, y = points_px[:, 0], points_px[:, 1]
    out = (x < 0) | (y < 0) | (x >= width) | (y >= height)
    return np.array([bool(out[landmarks].any()) for landmarks in _OF_CHANNEL])
