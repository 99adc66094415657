"""Aligned landmarks to the raw features of the channel table."""

import numpy as np
from numpy.typing import NDArray

from edge._native import features as kernel
from edge._native.landmarks import extent
from edge.arrays import Floats
from edge.expression.channels import EYES, POINTS, TABLE


def _compiled() -> kernel.Features:
    """Every distinct pair of named points, and the weights of its d, y, z in each channel [C, T, 3]."""
    names = list(POINTS)
    pairs = sorted({(a, b) for channel in TABLE for _, a, b, _ in channel.terms})
    weights = np.zeros((len(TABLE), len(pairs), 3))
    for row, channel in enumerate(TABLE):
        for kind, a, b, weight in channel.terms:
            weights[row, pairs.index((a, b)), "dyz".index(kind)] += weight
    numbers = [(names.index(a), names.index(b)) for a, b in pairs]
    return kernel.Features(list(POINTS.values()), numbers, weights)


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


def features(points_cm: Floats) -> Floats:
    """Raw features of one aligned mesh [468, 3], cm, [C]; AU45 is left NaN (see `eye_aspect`)."""
    raw = np.empty(len(TABLE))
    _FEATURES.measure(points_cm, raw)
    raw[-1] = np.nan
    return raw


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
