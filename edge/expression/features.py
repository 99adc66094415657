"""Aligned landmarks to the raw features of the channel table."""

import numpy as np
from numpy.typing import NDArray

from edge.expression.channels import EYES, POINTS, TABLE

Array = NDArray[np.float64]

_NAMES = list(POINTS)
_USED = sorted({i for landmarks in POINTS.values() for i in landmarks})


def _averaging() -> Array:
    """Matrix from used landmarks to named points, [P, U]."""
    W = np.zeros((len(_NAMES), len(_USED)))
    for row, name in enumerate(_NAMES):
        for landmark in POINTS[name]:
            W[row, _USED.index(landmark)] += 1 / len(POINTS[name])
    return W


def _compiled() -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Points a and b of every distinct pair [T], and the weights of its d, y, z in each channel [C, T, 3]."""
    pairs = sorted({(a, b) for channel in TABLE for _, a, b, _ in channel.terms})
    weights = np.zeros((len(TABLE), len(pairs), 3))
    for row, channel in enumerate(TABLE):
        for kind, a, b, weight in channel.terms:
            weights[row, pairs.index((a, b)), "dyz".index(kind)] += weight
    first = np.array([_NAMES.index(a) for a, _ in pairs])
    second = np.array([_NAMES.index(b) for _, b in pairs])
    return first, second, weights


_W = _averaging()
_A, _B, _WEIGHTS = _compiled()
_USED_INDEX = np.array(_USED)
_EYES = np.array(EYES)
_OF_CHANNEL = [
    np.array(sorted({i for _, a, b, _ in channel.terms for i in (*POINTS[a], *POINTS[b])} or set(_EYES.flat)))
    for channel in TABLE
]


def features(points_cm: Array) -> Array:
    """Raw features of one aligned mesh [468, 3], cm, [C]; AU45 is left NaN (see `eye_aspect`)."""
    named = _W @ points_cm[_USED_INDEX]
    delta = named[_A] - named[_B]
    delta[:, 0] = np.sqrt(np.einsum("ij,ij->i", delta, delta))
    raw: Array = np.einsum("ctk,tk->c", _WEIGHTS, delta)
    raw[-1] = np.nan
    return raw


def eye_aspect(points_cm: Array) -> float:
    """EAR = (|p2 - p6| + |p3 - p5|) / (2 |p1 - p4|), mean of both eyes; NaN for an eye without width."""
    p = points_cm[_EYES]
    lids = np.linalg.norm(p[:, 1] - p[:, 5], axis=1) + np.linalg.norm(p[:, 2] - p[:, 4], axis=1)
    width = np.linalg.norm(p[:, 0] - p[:, 3], axis=1)
    if not np.all(width > 0):
        return float("nan")
    return float(np.mean(lids / (2 * width)))


def outside(points_px: NDArray[np.floating], frame_size: tuple[int, int]) -> NDArray[np.bool_]:
    """Which channels use a landmark beyond the frame (width, height in px), [C]: the mesh invents those."""
    width, height = frame_size
    x, y = points_px[:, 0], points_px[:, 1]
    out = (x < 0) | (y < 0) | (x >= width) | (y >= height)
    if not out.any():
        return np.zeros(len(TABLE), dtype=bool)
    return np.array([bool(out[landmarks].any()) for landmarks in _OF_CHANNEL])
