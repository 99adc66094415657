"""What one picture shows of one face: size, turn, light, exposure, sharpness; no pixel of it is kept."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge.records import Expression, Frame

LIT = 95  # percentile of a face's grey levels that shows its exposure, whatever the colour of the skin
DETAIL = 32.0  # pixels between the corners of the eyes at which sharpness is judged
LEAST_PX = 8  # sides of a face that says anything about light
READ = {None, "warm_up", "unconfirmed"}
"""Reasons of a missing signal that time alone removes: the face itself was read."""

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One face in one picture."""

    t_ns: int
    """Sensor time, ns."""
    x: float
    """Middle of the face across the picture, 0..1."""
    y: float
    """The same from the top, 0..1."""
    width: float
    """Width of the face, share of the picture's."""
    size_px: float
    """Distance between the outer corners of the eyes if seen from the front, px."""
    yaw_deg: float
    """Turn of the head; positive: the nose to the picture's right."""
    pitch_deg: float
    """Tilt of the head; positive: the nose up."""
    light: float
    """Mean grey level, 0..255."""
    exposure: float
    """Grey level that 5 % of the face exceed, 0..255."""
    sharpness: float
    """Small differences over the face's contrast, about .2 to .5; NaN if unknown."""
    readable: bool
    """Whether the smile can be read."""


def look(frame: Frame, one: Expression) -> Look:
    """Look at the face that gave this expression."""
    height, width = frame.image.shape[:2]
    x, y, w, h = one.box_px
    columns, rows = (slice(max(0, round(at)), max(0, round(at + side))) for at, side in ((x, w), (y, h)))
    grey = frame.image[rows, columns, 1]
    shown = min(grey.shape) >= LEAST_PX
    return Look(
        t_ns=frame.t_ns,
        x=(x + w / 2) / width,
        y=(y + h / 2) / height,
        width=w / width,
        size_px=one.canthus_px,
        yaw_deg=math.degrees(one.pose_rad[0]),
        pitch_deg=math.degrees(one.pose_rad[1]),
        light=float(grey.mean()) if shown else math.nan,
        exposure=float(np.percentile(grey, LIT)) if shown else math.nan,
        sharpness=sharpness(grey, one.canthus_px) if shown else math.nan,
        readable=one.missing in READ,
    )


def sharpness(grey: Grey, canthus_px: float) -> float:
    """Return rms(g[i+2] - g[i]) / sd(g) of a face of `DETAIL` pixels, the lower of across and down.

    Differences over a sixteenth of the distance between the corners of the eyes, against the face's contrast.
    """
    step = max(1, round(canthus_px / DETAIL))
    height, width = (side // step * step for side in grey.shape)
    small = grey[:height, :width].reshape(height // step, step, width // step, step).mean(axis=(1, 3))
    if min(small.shape) < LEAST_PX or not small.std():
        return math.nan
    apart = small[2:] - small[:-2], small[:, 2:] - small[:, :-2]
    return min(float(np.sqrt(np.mean(one**2))) for one in apart) / float(small.std())
