"""A hand-like disc that crosses a face: a palm with four fingers, shaded, no texture of a face."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats
from edge.stage.script import Occlusion

SKIN_RGB = (196, 150, 126)
TRAVEL = 3.2  # distance crossed, outer-canthus distances


def cross(frame: NDArray[np.uint8], box_px: Floats, canthus_px: float, hand: Occlusion, t_s: float) -> None:
    """Draw the hand at its place in the crossing at `t_s`; nothing where the face is not in the picture."""
    if np.isnan(box_px).any():
        return
    along = (t_s - hand.at_s) / hand.seconds - 0.5
    x = box_px[0] + box_px[2] / 2 + along * TRAVEL * canthus_px
    y = box_px[1] + box_px[3] * (0.62 + 0.12 * np.cos(2 * np.pi * along))
    sprite = _sprite(round(hand.radius * canthus_px))
    left, top = round(x - sprite.shape[1] / 2), round(y - sprite.shape[0] / 2)
    rows = slice(max(0, top), min(frame.shape[0], top + sprite.shape[0]))
    columns = slice(max(0, left), min(frame.shape[1], left + sprite.shape[1]))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    part = sprite[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    under = frame[rows, columns]
    under[:] = np.rint(under * (1 - part[..., 3:]) + part[..., :3] * part[..., 3:]).astype(np.uint8)


@lru_cache(maxsize=8)
def _sprite(radius_px: int) -> Floats:
    """RGB and cover 0..1 of the hand, [4 R, 3 R, 4]."""
    y, x = np.mgrid[0 : 4 * radius_px, 0 : 3 * radius_px] / max(radius_px, 1) - [[[2.4]], [[1.5]]]
    inside = 1 - np.hypot(x / 0.95, y)
    for finger, tip in ((-0.72, -1.55), (-0.26, -1.9), (0.22, -1.85), (0.68, -1.5)):
        along = np.clip(y, tip, 0.0)
        inside = np.maximum(inside, 0.23 - np.hypot(x - finger * (1 - 0.12 * along), y - along))
    cover = np.clip(inside * radius_px * 0.7 + 0.5, 0, 1)
    shade = 0.72 + 0.28 * np.clip(inside * 4, 0, 1) - 0.06 * x
    return np.concatenate([np.array(SKIN_RGB) * shade[..., None], cover[..., None]], axis=2)
