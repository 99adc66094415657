"""One person drawn into frames: cached displacement bases, one inversion a frame, one warp."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge._native.field import invert
from edge._native.remap import warp
from edge._native.turn import seen
from edge.arrays import Floats
from edge.stage.portraits import Layout, cut_out
from edge.stage.script import CHANNELS, Person
from edge.stage.warp import (
    GRID_PER_CANTHUS,
    LEFT,
    LOWER,
    NECK,
    RIGHT,
    TOP,
    TURNING_GRID_PER_CANTHUS,
    Anatomy,
)

Fields = NDArray[np.float32]
MOUTH_RGB = (52, 20, 20)  # inside of an open mouth
SPAN_MARGIN, TURNING_SPAN_MARGIN = 0.25, 1.0  # how far the head may move over the body, canthus distances
LID_AT_CORNER = 0.4  # height of the lid's skin at the corners over that in the middle
LID_OVERLAP = 0.08  # the closed upper lid passes the lower one by this share of the opening


class Figure:
    """Pixels, tables and bases of one person; `draw` renders one moment."""

    def __init__(self, person: Person, laid: Layout, portraits: Path, below_px: int) -> None:
        rgba = cut_out(person, laid, portraits, below_px)
        self.lanes = rgba.astype("<u2").view("<u8")[..., 0]
        """The portrait: red, green, blue and opacity in 16 bits each of one number a pixel, [h, w]."""
        self.lids = _lid_tables(laid, rgba.shape[1])
        self.seam = _seam_table(laid, rgba.shape[1])
        per_canthus = TURNING_GRID_PER_CANTHUS if person.turns else GRID_PER_CANTHUS
        margin = TURNING_SPAN_MARGIN if person.turns else SPAN_MARGIN
        self.grid, nodes = _grid(laid.face, per_canthus)
        bent = slice(0, max(0, int(self.grid[1] + self.grid[2] * nodes.shape[0])))
        self.spans = _spans(rgba, max(1, round(margin * laid.face.canthus_px)), bent)
        face = laid.face
        self._smooth = _basis([face.smooth(channel, nodes) for channel in CHANNELS], face)
        self._lower = _basis([face.below_seam(channel, nodes) for channel in LOWER], face)
        self._face, self._nodes, self._relief = face, nodes, face.relief(nodes)
        x = self.grid[0] + self.grid[2] * np.arange(nodes.shape[1])
        self._seam_row = (np.interp(x, *laid.curves["seam"].T) - self.grid[1]) / self.grid[2]
        self._still, self._nearest = np.zeros(nodes.shape, np.float32), np.zeros(nodes.shape[:2], np.float32)
        self.rest = laid.rest
        """Amplitudes of the portrait's own face, [C]: added to those of every moment."""
        self._lower_at = [CHANNELS.index(channel) for channel in LOWER]
        self._turned_out = np.zeros(nodes.shape, np.float32)
        self._upper_out, self._lower_out = np.zeros((2, *nodes.shape), np.float32)

    def draw(
        self,
        frame: NDArray[np.uint8],
        amplitude: Floats,
        pose_rad: Floats,
        placed: tuple[float, float, float],
        rows: tuple[int, int],
    ) -> None:
        """Draw rows first..last: amplitude [C], roll, yaw and pitch [3], placed (x px, y px, scale)."""
        amplitude = amplitude + self.rest
        # A drawn pixel asks where in the portrait it comes from, so the displacements are inverted: first the
        # head's, then on top of it those of the face, and for an open mouth once more for the lower jaw.
        moved = _combined(amplitude, self._smooth)
        dropped = _combined(amplitude[self._lower_at], self._lower)
        opens = bool(amplitude[self._lower_at].any())
        self._turn(pose_rad, self._jaw(dropped) if opens else self._relief)
        invert(moved, self._turned_out, self._upper_out, *self.grid)
        if opens:
            invert(moved + dropped, self._turned_out, self._lower_out, *self.grid)
        closure = float(amplitude[CHANNELS.index("AU45")]) * (1 + LID_OVERLAP)
        lower = self._lower_out if opens else self._upper_out
        pose = (*placed, closure, opens, *rows)
        warp(
            frame,
            self.lanes,
            self.spans,
            self._upper_out,
            lower,
            self.grid,
            self.lids,
            self.seam,
            MOUTH_RGB,
            pose,
        )

    def _jaw(self, dropped: Fields) -> Floats:
        """Return the relief with the lower lip and the jaw moved down: their depth goes with them."""
        invert(dropped, self._still, self._lower_out, *self.grid)
        from_rows = np.arange(len(dropped))[:, None] + self._lower_out[..., 1] / self.grid[2]
        low = np.clip(from_rows.astype(int), 0, len(dropped) - 2)
        columns = np.arange(dropped.shape[1])
        above, below = self._relief[low, columns], self._relief[low + 1, columns]
        return np.where(from_rows > self._seam_row, above + (from_rows - low) * (below - above), self._relief)

    def _turn(self, pose_rad: Floats, relief: Floats) -> None:
        """Find what part of the head is seen at each node."""
        places, near = self._face.turned(self._nodes, relief, pose_rad)
        x0, y0, step = self.grid
        at = (self._face.to_px(places) - [x0, y0]) / step
        seen(at.astype(np.float32), near.astype(np.float32), self._turned_out, self._nearest, step)


def _combined(weights: Floats, basis: Fields) -> Fields:
    """Sum of the basis fields with the given weights, [rows, cols, 2]."""
    total: Fields = np.tensordot(weights.astype(np.float32), basis, axes=1)
    return total


def _basis(fields: list[Floats], face: Anatomy) -> Fields:
    """Fields in face coordinates to fields in px, [K, rows, cols, 2]."""
    basis: Fields = (np.array(fields) @ face.axes * face.canthus_px).astype(np.float32)
    return basis


def _grid(face: Anatomy, per_canthus: int) -> tuple[tuple[float, float, float], Floats]:
    """Grid origin and step in px, and the nodes in face coordinates, [rows, cols, 2]."""
    step = face.canthus_px / per_canthus
    bottom = face.chin_t + NECK[1] + 0.15
    x0, y0 = face.centre_px + np.array([LEFT, TOP]) * face.canthus_px
    x = x0 + step * np.arange(round((RIGHT - LEFT) * per_canthus) + 1)
    y = y0 + step * np.arange(round((bottom - TOP) * per_canthus) + 1)
    nodes = face.from_px(np.stack(np.meshgrid(x, y), -1))
    return (float(x0), float(y0), step), nodes


def _spans(rgba: NDArray[np.uint8], margin_px: int, bent: slice) -> NDArray[np.int32]:
    """First and last column a row may cover when the `bent` rows move by `margin_px`, [h, 2]."""
    # Each row as the portrait has it: first and last column with any opacity, an empty range without one.
    seen = rgba[..., 3] > 0
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), rgba.shape[1])
    last = np.where(seen.any(axis=1), rgba.shape[1] - 1 - seen[:, ::-1].argmax(axis=1), -1)
    # A row that the head bends may show what was a margin above, below or to the side: it gets the widest
    # range of the three rows, and the margin at both ends. The rows of the body below stay as they are.
    first[bent] = (
        np.minimum.reduce([_shifted(first, by)[bent] for by in (-margin_px, 0, margin_px)]) - margin_px
    )
    last[bent] = (
        np.maximum.reduce([_shifted(last, by)[bent] for by in (-margin_px, 0, margin_px)]) + margin_px
    )
    return np.ascontiguousarray(np.stack([first, last], axis=1).astype(np.int32))


def _shifted(rows: NDArray[np.int64], by: int) -> NDArray[np.int64]:
    """Return the rows moved down by `by`, the border held."""
    moved: NDArray[np.int64] = rows[np.clip(np.arange(len(rows)) - by, 0, len(rows) - 1)]
    return moved


def _lid_tables(laid: Layout, width: int) -> NDArray[np.float32]:
    """Top of the lid's skin, upper and lower lid, height of the lashes a column, [4, w]; NaN elsewhere."""
    tables = np.full((4, width), np.nan, np.float32)
    skin_px, lash_px = np.array(laid.lid) * laid.face.canthus_px
    centres = np.arange(width) + 0.5
    for side in ("right", "left"):
        upper, lower = laid.curves[f"lid_upper_{side}"], laid.curves[f"lid_lower_{side}"]
        inside = (centres >= upper[:, 0].min()) & (centres <= upper[:, 0].max())
        across = np.linspace(-1, 1, int(inside.sum()))
        # A parabola from corner (-1) to corner (1): the lid is highest in the middle of the eye.
        swell = LID_AT_CORNER + (1 - LID_AT_CORNER) * (1 - across**2)
        tables[1, inside] = np.interp(centres[inside], *upper[np.argsort(upper[:, 0])].T)
        tables[2, inside] = np.interp(centres[inside], *lower[np.argsort(lower[:, 0])].T)
        tables[0, inside] = tables[1, inside] - skin_px * swell
        tables[3, inside] = lash_px * swell
    return tables


def _seam_table(laid: Layout, width: int) -> NDArray[np.float32]:
    """Row of the mouth's seam a column, held beyond the corners, [w]."""
    curve = laid.curves["seam"]
    seam: NDArray[np.float32] = np.interp(np.arange(width) + 0.5, *curve.T).astype(np.float32)
    return seam
