"""Where everybody is at every frame: sway, coming and going, and what follows from it for boxes."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from edge.arrays import Floats
from edge.stage.portraits import Layout, layout
from edge.stage.script import CHANNELS, Person, Script
from edge.stage.truth import Geometry, Truth
from edge.stage.warp import CONTROL, LOWER, HeadMotion

TABLE_TOP = 0.80  # where the table begins, share of the height
CHIN_FREE = 2.0  # from the eyes down to where a table may begin, outer-canthus distances
WALK_S = 1.2  # time to come in or to leave
_SWAY = 101  # stream of random numbers, apart from those of behaviour
BOX_POINTS = ("forehead", "chin", "side_right", "side_left", "nose_tip")
BELOW_SEAM = ("chin", "lip_lower", "lip_inner_lower")


@dataclass(frozen=True, slots=True, kw_only=True)
class Motion:
    """One person's body and head over time."""

    layout: Layout
    """The portrait as laid out, at `scale` 1."""
    x_px: Floats
    """Frame position of the portrait's left edge, [F]."""
    y_px: Floats
    """Frame position of the portrait's top edge, [F]."""
    scale: Floats
    """Size over that of `layout`, [F]."""
    head: HeadMotion
    """Turn of the head, [F]."""

    def points_px(self, name: str, amplitude: Floats) -> Floats:
        """Frame position of a control point over time, [F, 2]; `amplitude` [F, C]."""
        face = self.layout.face
        moved = face.move(
            face.points[name], amplitude + self.layout.rest, self.head, below=name in BELOW_SEAM
        )
        xy: Floats = face.to_px(moved) * self.scale[:, None] + np.stack([self.x_px, self.y_px], -1)
        return xy


def motions(script: Script, truth: Truth) -> tuple[Motion, ...]:
    """Lay out every person's motion; deterministic by the seed."""
    t_s = truth.t_ns / 1e9
    return tuple(_motion(script, number, person, t_s) for number, person in enumerate(script.people))


def geometry(script: Script, truth: Truth, laid: tuple[Motion, ...]) -> Geometry:
    """Boxes and canthus distances that the pictures show, from the same fields, without a picture."""
    width, height = script.size_px
    boxes, canthi = [], []
    for number, motion in enumerate(laid):
        amplitude = np.nan_to_num(truth.amplitude[number]).T
        corners = np.array([motion.points_px(name, amplitude) for name in BOX_POINTS])
        low, high = corners.min(axis=0), corners.max(axis=0)
        middle = (low + high) / 2
        shown = truth.present[number] & (middle > 0).all(axis=1) & (middle < [width, height]).all(axis=1)
        right, left = (motion.points_px(name, amplitude) for name in ("canthus_right", "canthus_left"))
        boxes.append(np.where(shown[:, None], np.hstack([low, high - low]), np.nan))
        canthi.append(np.where(shown, np.hypot(*(left - right).T), np.nan))
    return Geometry(
        box_px=np.array(boxes),
        canthus_px=np.array(canthi),
        pose_deg=np.degrees(np.array([motion.head.pose_rad() for motion in laid])),
        unit=tuple({name: unit_canthus(motion.layout, name) for name in CHANNELS} for motion in laid),
    )


def table_row(script: Script) -> int:
    """Return the first row of the table, low enough to hide nobody's chin; the frame's height if none is."""
    height = script.size_px[1]
    chins = (one.position[1] * height + CHIN_FREE * one.canthus_px for one in script.people)
    return min(height, round(max(TABLE_TOP * height, *chins)))


def unit_canthus(laid: Layout, channel: str) -> float:
    """Length of the shift of a channel's control point at amplitude 1, outer-canthus distances."""
    if channel == "AU45":
        upper, lower = laid.curves["lid_upper_right"], laid.curves["lid_lower_right"]
        return float(np.hypot(*(lower[len(lower) // 2] - upper[len(upper) // 2]))) / laid.face.canthus_px
    point = laid.face.points[CONTROL[channel]]
    return float(np.hypot(*laid.face.unit(channel, point, below=channel in LOWER)))


def _motion(script: Script, number: int, person: Person, t_s: Floats) -> Motion:
    laid = layout(person)
    rng = np.random.default_rng([script.seed, _SWAY, number])
    sway = person.sway
    x, y, scale, roll, yaw, pitch = (_wander(t_s, sway.hz, rng) for _ in range(6))
    size = 1 + sway.scale * scale
    width, height = script.size_px
    eyes_x = person.position[0] * width + sway.x_px * x + _walk_px(script, person, t_s)
    eyes_y = person.position[1] * height + sway.y_px * y
    return Motion(
        layout=laid,
        x_px=eyes_x - laid.face.centre_px[0] * size,
        y_px=eyes_y - laid.face.centre_px[1] * size,
        scale=size,
        head=HeadMotion(
            roll_rad=np.deg2rad(sway.roll_deg) * roll,
            yaw_rad=np.deg2rad(sway.yaw_deg * yaw + _aim(t_s, person, "yaw_deg")),
            pitch_rad=np.deg2rad(sway.pitch_deg * pitch + _aim(t_s, person, "pitch_deg")),
        ),
    )


def _wander(t_s: Floats, hz: float, rng: np.random.Generator) -> Floats:
    """Sum of three sinusoids around `hz` with random phases, within -1..1, [F]."""
    parts = zip((0.5, 0.3, 0.2), (0.6, 1.0, 1.7), rng.uniform(0, 2 * np.pi, 3), strict=True)
    spread = float(rng.uniform(0.9, 1.1))
    total = np.zeros_like(t_s)
    for share, factor, phase in parts:
        total += share * np.sin(2 * np.pi * hz * factor * spread * t_s + phase)
    return total


def _aim(t_s: Floats, person: Person, angle: Literal["yaw_deg", "pitch_deg"]) -> Floats:
    """Angle that the person's turns ask for, degrees, [F]."""
    aim, last = np.zeros_like(t_s), 0.0
    for turn in sorted(person.turns, key=lambda one: one.at_s):
        wanted = float(getattr(turn, angle))
        aim += (wanted - last) * _smooth((t_s - turn.at_s) / turn.move_s)
        last = wanted
    return aim


def _walk_px(script: Script, person: Person, t_s: Floats) -> Floats:
    """Sideways distance while coming in after `enter_s` and leaving before `leave_s`, px, [F]."""
    width = script.size_px[0]
    side = -1 if person.position[0] < 0.5 else 1
    beyond = (person.position[0] if side < 0 else 1 - person.position[0]) * width + 3.0 * person.canthus_px
    away = np.zeros_like(t_s)
    if person.enter_s > 0:
        away = np.maximum(away, 1 - _smooth((t_s - person.enter_s) / WALK_S))
    if person.leave_s < script.seconds:
        away = np.maximum(away, 1 - _smooth((person.leave_s - t_s) / WALK_S))
    distance: Floats = side * beyond * away
    return distance


def _smooth(u: Floats) -> Floats:
    u = np.clip(u, 0, 1)
    risen: Floats = u * u * (3 - 2 * u)
    return risen
