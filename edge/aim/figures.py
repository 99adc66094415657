"""The figures of a seat and of a camera over some time: medians of what its pictures showed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edge.aim.look import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatFigures:
    """One seat; angles, light and sharpness as in `Look`."""

    x: float
    y: float
    size_px: float
    yaw_deg: float
    pitch_deg: float
    light: float
    exposure: float
    sharpness: float
    readable: float
    """Share of the camera's pictures in which the smile can be read, 0..1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One picture of a camera."""

    t_ns: int
    """Sensor time, ns."""
    size_px: tuple[int, int]
    """Width and height."""
    light: float
    """Mean grey level, 0..255."""
    dropped: int
    """Pictures that the camera made and nobody looked at, so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFigures:
    """One camera."""

    size_px: tuple[int, int]
    """Width and height of its pictures."""
    light: float
    """Mean grey level, 0..255."""
    camera_fps: float
    """Pictures a second that the camera made."""
    processed_fps: float
    """Pictures a second in which faces were read."""
    problem: str
    """What the camera does otherwise than configured, or how it hangs; empty when nothing."""
    recorded: bool = False
    """Whether it is a recording or a rendered scene, which nobody can light or turn."""


def seat_figures(looks: Sequence[Look], pictures: int) -> SeatFigures:
    """Return the figures of one seat over a number of pictures of its camera."""

    def median(name: str) -> float:
        values = np.array([getattr(one, name) for one in looks])
        known = values[~np.isnan(values)]
        return float(np.median(known)) if len(known) else float("nan")

    names = ("x", "y", "size_px", "yaw_deg", "pitch_deg", "light", "exposure", "sharpness")
    readable = sum(one.readable for one in looks) / max(1, pictures)
    return SeatFigures(**{name: median(name) for name in names}, readable=min(1.0, readable))


def camera_figures(shown: Sequence[Shown], problem: str, *, recorded: bool) -> CameraFigures:
    """Return the figures of one camera, from at least one picture."""
    span_s = (shown[-1].t_ns - shown[0].t_ns) / 1e9
    dropped, seen = shown[-1].dropped - shown[0].dropped, len(shown) - 1
    return CameraFigures(
        size_px=shown[-1].size_px,
        light=float(np.median([one.light for one in shown])),
        camera_fps=(seen + dropped) / span_s if span_s else float("nan"),
        processed_fps=seen / span_s if span_s else float("nan"),
        problem=problem,
        recorded=recorded,
    )
