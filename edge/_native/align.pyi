"""Similarity transforms of landmarks: find one, apply one, bring a rigid shape to its normal form."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]

def similarity(source: Array, target: Array, weights: Array, R: Array, t: Array) -> float:
    """Find scale s, proper rotation R, translation t minimising sum w |s R a + t - b|^2 (Umeyama 1991).

    Solved by unit quaternions (Horn 1987): s = (largest eigenvalue) / sum w |a - mean a|^2.

    Parameters
    ----------
    source, target : ndarray of float64 [N, 3]
        Points a and b.
    weights : ndarray of float64 [N]
        w, > 0.
    R, t : ndarray of float64 [3, 3], [3]
        Written in place.

    Returns
    -------
    float
        s; 0 for a source that is a single point or not finite: R and t then mean nothing.
    """

def move(points: Array, s: float, R: Array, t: Array, out: Array) -> None:
    """Write s R p + t for every point p into `out`, [N, 3] both."""

def normalise(
    shape: Array, template: Array, weights: Array, first: int, second: int, distance: float
) -> None:
    """Bring a shape [N, 3] to its normal form, in place.

    The points `first` and `second` come to lie `distance` apart with the origin midway between them, and the
    whole is turned onto the template. A shape whose two points coincide becomes the template.
    """

def lay(
    points_px: NDArray[np.float32], anchors: NDArray[np.intc], shape: Array, weights: Array, out: Array
) -> tuple[float, float, float, float]:
    """Turn, scale and move a mesh so that its anchors meet a shape; return s, yaw, pitch, roll.

    Parameters
    ----------
    points_px : float32 [N, 3], frame pixels, y down, z away
    anchors : intc [A], rows of the mesh, at most 64
    shape, weights : [A, 3], [A], what the anchors are to meet, y up, z towards the camera
    out : [N, 3], written in place, unless s is 0: then the anchors have no scale and the angles are NaN

    Radians: yaw positive when the nose points to +x, pitch when it points up, roll counter-clockwise.
    """

def follow(shape: Array, points: Array, anchors: NDArray[np.intc], gain: float) -> None:
    """Move a shape [A, 3] by `gain` (0..1) of the way to the anchors of a mesh [N, 3], in place."""
