"""Whether two pictures seem to show the same part of a room: nobody is recognised, only edges are compared.

In: two pictures taken at about the same time. The phases of their edges agree at one shift where the views
overlap (phase correlation), as long as the cameras hang side by side.
"""

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.formulas import MAD_TO_SD

WIDTH_PX = 160  # of the pictures that are compared
SHARP_SD, UNIQUE = 12.0, 1.6
"""How many times higher the peak is than the noise, and than any other, where views overlap (ours: on
pictures of rooms that share a third at least 35 and 2.4, on others at most 16 and 1.3)."""
NEAR_PX = 4  # around the peak, where nothing else is a peak

Picture = NDArray[np.uint8]


def overlap(a: Picture, b: Picture) -> bool:
    """Whether two views, RGB [H, W, 3], seem to overlap."""
    x, y = _edges(a), _edges(b)
    shape = (x.shape[0] + y.shape[0], x.shape[1] + y.shape[1])
    cross = np.fft.rfft2(x, shape) * np.conj(np.fft.rfft2(y, shape))
    size = np.abs(cross)
    r = np.fft.irfft2(np.divide(cross, size, out=np.zeros_like(cross), where=size > 0), shape)
    noise = MAD_TO_SD * float(np.median(np.abs(r - np.median(r))))
    top, at = float(r.max()), np.unravel_index(int(np.argmax(r)), r.shape)
    rest = np.roll(r, [NEAR_PX - k for k in at], (0, 1))
    rest[: 2 * NEAR_PX + 1, : 2 * NEAR_PX + 1] = 0.0
    return bool(noise > 0 and top > SHARP_SD * noise and top > UNIQUE * rest.max())


def _edges(image: Picture) -> Floats:
    """Strength of the edges of a smaller picture, without mean."""
    step = max(1, image.shape[1] // WIDTH_PX)
    height, width = (side // step * step for side in image.shape[:2])
    grey = image[:height, :width, 1].reshape(height // step, step, width // step, step).mean(axis=(1, 3))
    down, across = np.gradient(grey)
    edges = np.hypot(down, across)
    return np.asarray(edges - edges.mean())
