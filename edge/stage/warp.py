"""Displacement fields of one face: what each channel, and each motion of the head, moves and how far.

Fields are functions of the face's own coordinates (s, t): origin between the outer canthi, s along them to
the picture's right, t down, both in outer-canthus distances. One canthus distance is 8.89 cm on the canonical
face, so 0.1 of it moves a feature of the signal table by 0.89 cm.
"""

from dataclasses import dataclass

import numpy as np

from edge.arrays import Floats
from edge.stage.script import CHANNELS

GRID_PER_CANTHUS = 28  # nodes; bilinear between them is off by less than 2 % of the movement
TURNING_GRID_PER_CANTHUS = 70  # where a head turns far, so that its outline is drawn in steps of a pixel
LEFT, TOP, RIGHT = -1.75, -1.75, 1.75  # extent of the grid, canthus distances
LEVEL = 0.45  # height of the axes of yaw and pitch, t
PIVOT_BELOW_CHIN = 0.45  # the head rolls about the neck, canthus distances
NECK = (0.12, 1.0)  # the head's motion fades between these distances below the chin
NECK_HALF, SHOULDER = 0.55, 1.3  # and higher beside the neck: from its half width on by this distance
LOWER = ("AU25", "AU26")  # what moves below the mouth's seam only
JAW_WIDENS = 0.75  # half width gained per distance below the mouth
UPPER_LIP_SHARE = 0.3  # of the lower lip's movement that AU25 gives the upper lip

# A generic head's depth, canthus distances, fitted to the canonical face: off by 0.02 (rms) inside the face.
LEVELS: Floats = np.array(
    [-0.63, 0.0, 0.53, 0.78, 1.36]
)  # its forehead, canthi, base of the nose, lips, chin
SKULL = (0.36, 0.75, 0.50, 0.33, 0.07)  # z = a - b s^2 - c s^4 - d (t - e)^2
BROWS = (0.11, -0.25, 0.13)  # a band across: height, middle, standard deviation
RELIEF = (  # height, distance from the middle line, t, standard deviations across and down
    (0.27, 0.0, 0.18, 0.09, 0.15),  # bridge of the nose
    (0.21, 0.0, 0.38, 0.12, 0.09),  # its tip
    (0.07, 0.0, 0.80, 0.12, 0.15),  # lips
    (0.33, 0.0, 1.25, 0.34, 0.19),  # chin
    (-0.22, 0.27, 0.0, 0.26, 0.30),  # eye sockets
)
BACK = -1.1  # deepest: beyond the ears the skull is not followed


@dataclass(frozen=True, slots=True)
class Bump:
    """A smooth local displacement around one point of each half of the face."""

    point: str
    """Name of the control point without `_right`/`_left`."""
    out: float
    """Away from the middle line at amplitude 1, canthus distances."""
    up: float
    """Upwards at amplitude 1, canthus distances."""
    wide: float
    """Standard deviation across, canthus distances."""
    above: float
    """Standard deviation above the point."""
    below: float
    """Standard deviation below the point."""


# Full movements, after the ranges of motion of the signal table (cm over 8.89).
BUMPS: dict[str, tuple[Bump, ...]] = {
    "AU01": (Bump("brow_inner", 0.0, 0.125, 0.14, 0.30, 0.10),),
    "AU02": (Bump("brow_outer", 0.0, 0.125, 0.20, 0.30, 0.10),),
    "AU04": (
        Bump("brow_inner", -0.048, -0.085, 0.14, 0.30, 0.10),
        Bump("brow_outer", -0.02, -0.03, 0.18, 0.30, 0.10),
    ),
    "AU06": (Bump("cheek", 0.0, 0.045, 0.18, 0.11, 0.16), Bump("lower_lid", 0.0, 0.012, 0.14, 0.05, 0.09)),
    "AU12": (Bump("mouth", 0.070, 0.060, 0.15, 0.14, 0.16), Bump("fold", 0.012, 0.030, 0.20, 0.16, 0.16)),
    "AU15": (Bump("mouth", -0.005, -0.055, 0.14, 0.12, 0.16),),
    "AU25": (),
    "AU26": (Bump("mouth", -0.015, -0.020, 0.14, 0.14, 0.16),),
    "AU45": (Bump("lower_lid", 0.0, 0.020, 0.14, 0.05, 0.09),),
}
LIP_DROP = 0.085  # AU25: lower lip down, canthus distances
JAW_DROP = 0.14  # AU26: chin down, canthus distances: 1.24 cm
CONTROL = {  # the point whose shift the truth reports
    "AU01": "brow_inner_right",
    "AU02": "brow_outer_right",
    "AU04": "brow_inner_right",
    "AU06": "cheek_right",
    "AU12": "mouth_right",
    "AU15": "mouth_right",
    "AU25": "lip_inner_lower",
    "AU26": "chin",
    "AU45": "lid_right",
}


class Anatomy:
    """Coordinates and control points of one portrait, and the fields that move them."""

    def __init__(self, points_px: dict[str, Floats]) -> None:
        right, left = points_px["canthus_right"], points_px["canthus_left"]
        self.canthus_px = float(np.hypot(*(left - right)))
        """Distance between the outer canthi, portrait px."""
        self.centre_px: Floats = (right + left) / 2
        axis = (left - right) / self.canthus_px
        self.axes: Floats = np.array([axis, [-axis[1], axis[0]]])
        self.points = {name: self.from_px(point) for name, point in points_px.items()}
        """Control points in face coordinates."""
        self.middle = float(self.points["nose_base"][0] + self.points["chin"][0]) / 2
        corners = self.points["mouth_right"], self.points["mouth_left"]
        self.mouth: Floats = (corners[0] + corners[1]) / 2
        self.mouth_half = float(corners[1][0] - corners[0][0]) / 2 * 0.92
        self.lip = self.points["lip_inner_lower"]
        self.chin_t = float(self.points["chin"][1])
        nose, lips = self.points["nose_base"][1], (self.lip[1] + self.points["lip_inner_upper"][1]) / 2
        self.heights: Floats = np.array([self.points["forehead"][1], 0.0, nose, lips, self.chin_t])
        """Where the face's `LEVELS` are, t."""

    def from_px(self, xy_px: Floats) -> Floats:
        """Portrait px to face coordinates, [..., 2]."""
        st: Floats = (np.asarray(xy_px, np.float64) - self.centre_px) @ self.axes.T / self.canthus_px
        return st

    def to_px(self, st: Floats) -> Floats:
        """Face coordinates to portrait px, [..., 2]."""
        xy: Floats = st @ self.axes * self.canthus_px + self.centre_px
        return xy

    def smooth(self, channel: str, st: Floats) -> Floats:
        """Displacement of a channel at amplitude 1 on both sides of the mouth's seam, [..., 2]."""
        total = np.zeros_like(st)
        for bump in BUMPS[channel]:
            for side, outward in (("_right", -1.0), ("_left", 1.0)):
                total += _bump(bump, self.points[bump.point + side], outward, st)
        if channel == "AU25":
            lip = self.points["lip_inner_upper"]
            # (1 - u^2)^2, u from -1 to 1 between the corners: both value and slope vanish there.
            across = np.clip(1 - ((st[..., 0] - lip[0]) / self.mouth_half) ** 2, 0, None) ** 2
            total[..., 1] -= UPPER_LIP_SHARE * LIP_DROP * across * _tail(st[..., 1] - lip[1], 0.07, 0.05)
        return total

    def below_seam(self, channel: str, st: Floats) -> Floats:
        """Further displacement of a channel at amplitude 1 below the mouth's seam, [..., 2]."""
        total = np.zeros_like(st)
        depth = st[..., 1] - self.lip[1]
        # The same bell as for the upper lip, wider towards the chin: the jaw is wider than the mouth.
        half = self.mouth_half + JAW_WIDENS * np.clip(depth, 0, None)
        across = np.clip(1 - ((st[..., 0] - self.mouth[0]) / half) ** 2, 0, None) ** 2
        if channel == "AU26":
            chin = np.clip(st[..., 1] - self.chin_t, 0, None)
            total[..., 1] = JAW_DROP * across * np.exp(-0.5 * (chin / 0.28) ** 2) * _tail(depth, 0.08, 9.0)
        elif channel == "AU25":
            total[..., 1] = LIP_DROP * across * _tail(depth, 0.08, 9.0) * _tail(depth - 0.06, 9.0, 0.10)
        return total

    def relief(self, st: Floats) -> Floats:
        """Depth towards the camera of the head at rest, canthus distances, [...]."""
        return _depth(st - [self.middle, 0.0], self.heights)

    def hold(self, st: Floats) -> Floats:
        """Share of the head's motion that a place takes part in, 1 on the head, 0 on the body, [...]."""
        beside = np.clip(np.abs(st[..., 0] - self.middle) - NECK_HALF, 0, None)
        below = st[..., 1] - self.chin_t - NECK[0] + SHOULDER * beside
        fade = np.clip(below / (NECK[1] - NECK[0]), 0, 1)
        # Smoothstep: 1 on the head, 0 on the body, without a crease where either begins.
        share: Floats = 1 - fade**2 * (3 - 2 * fade)
        return share

    def turned(self, st: Floats, z: Floats, pose_rad: Floats) -> tuple[Floats, Floats]:
        """Where places [..., 2] at depth z [...] come to lie, and how near to the camera, by the head's turn.

        `pose_rad`: roll, yaw and pitch (`HeadMotion`), [3] or [3, ...]. Yaw comes first, then pitch, both
        about the middle of the head; roll about the neck.
        """
        (cr, cy, cp), (sr, sy, sp) = np.cos(pose_rad), np.sin(pose_rad)
        # Seen from far away: a turned point moves by foreshortening and, by its depth, by parallax.
        x, y = st[..., 0] - self.middle, st[..., 1] - LEVEL
        x, w = x * cy + z * sy, z * cy - x * sy
        y, w = y * cp + w * sp, w * cp - y * sp
        y = y + LEVEL - self.chin_t - PIVOT_BELOW_CHIN
        x, y = x * cr - y * sr, y * cr + x * sr
        moved = np.stack([x + self.middle, y + self.chin_t + PIVOT_BELOW_CHIN], -1)
        share = self.hold(st)
        return st + share[..., None] * (moved - st), z + share * (w - z)

    def move(self, st: Floats, amplitude: Floats, motion: "HeadMotion", *, below: bool = False) -> Floats:
        """Where one point [2] goes over time: `amplitude` [F, C], motion [F], result [F, 2].

        Channels first, then the head. `below`: the point lies below the mouth's seam. Skin slides over the
        relief; lower lip and jaw take theirs along.
        """
        slid: Floats = st + amplitude @ np.array([self.smooth(channel, st) for channel in CHANNELS])
        moved: Floats = st + amplitude @ np.array(
            [self.unit(channel, st, below=below) for channel in CHANNELS]
        )
        return self.turned(moved, self.relief(slid), motion.pose_rad())[0]

    def unit(self, channel: str, st: Floats, *, below: bool) -> Floats:
        """Shift of a point by one channel at amplitude 1, [..., 2]; the lid's own closing is not in it."""
        shift = self.smooth(channel, st)
        return shift + self.below_seam(channel, st) if below else shift


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadMotion:
    """Turn of the head against the body over time, radians, [F]."""

    roll_rad: Floats
    """Positive: clockwise in the picture."""
    yaw_rad: Floats
    """Positive: to the picture's right."""
    pitch_rad: Floats
    """Positive: down."""

    def pose_rad(self) -> Floats:
        """Roll, yaw and pitch, [3, F]."""
        return np.array([self.roll_rad, self.yaw_rad, self.pitch_rad])


def _bump(bump: Bump, centre: Floats, outward: float, st: Floats) -> Floats:
    weight = np.exp(-0.5 * ((st[..., 0] - centre[0]) / bump.wide) ** 2)
    weight = weight * _tail(st[..., 1] - centre[1], bump.above, bump.below)
    shift: Floats = weight[..., None] * np.array([outward * bump.out, -bump.up])
    return shift


def _tail(t: Floats, above: float, below: float) -> Floats:
    """Gaussian in t with a standard deviation of its own on each side; once differentiable."""
    weight: Floats = np.exp(-0.5 * np.where(t < 0, t / above, t / below) ** 2)
    return weight


def _depth(st: Floats, heights: Floats) -> Floats:
    """Depth towards the camera of a generic head laid onto the face's own heights, canthus distances."""
    s, t = st[..., 0], _stretched(st[..., 1], heights)
    z = SKULL[0] - SKULL[1] * s**2 - SKULL[2] * s**4 - SKULL[3] * (t - SKULL[4]) ** 2
    z = z + BROWS[0] * np.exp(-0.5 * ((t - BROWS[1]) / BROWS[2]) ** 2)
    for height, at_s, at_t, wide, tall in RELIEF:
        for side in (-at_s, at_s)[at_s == 0 :]:
            z = z + height * np.exp(-0.5 * (((s - side) / wide) ** 2 + ((t - at_t) / tall) ** 2))
    deep: Floats = np.maximum(z, BACK)
    return deep


def _stretched(t: Floats, heights: Floats) -> Floats:
    """Heights of a face onto those of the generic head, linear between and beyond `LEVELS`."""
    at = np.clip(np.searchsorted(heights, t) - 1, 0, len(heights) - 2)
    slope = np.diff(LEVELS) / np.diff(heights)
    stretched: Floats = LEVELS[at] + (t - heights[at]) * slope[at]
    return stretched
