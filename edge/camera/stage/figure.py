"""One person drawn into frames: cached displacement bases, one inversion a frame, one warp."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge._native.remap import invert, warp
from edge.camera.stage.portraits import Shape, cut_out
from edge.camera.stage.script import CHANNELS, Person
from edge.camera.stage.warp import GRID_PER_CANTHUS, LEFT, LOWER, NECK, RIGHT, TOP, Face

Fields = NDArray[np.float32]
MOUTH_RGB = (52, 20, 20)  # inside of an open mouth
LID_OVERLAP = 0.08  # the closed upper lid passes the lower one by this share of the opening


class Figure:
    """Pixels, tables and bases of one person; `draw` renders one moment."""

    def __init__(self, person: Person, laid: Shape, portraits: Path) -> None:
        self.rgba = cut_out(person, laid, portraits)
        self.spans = _spans(self.rgba)
        self.lids = _lid_tables(laid, self.rgba.shape[1])
        self.seam = _seam_table(laid, self.rgba.shape[1])
        self.grid, nodes = _grid(laid.face)
        face = laid.face
        self._smooth = _basis([face.smooth(channel, nodes) for channel in CHANNELS], face)
        self._lower = _basis([face.below_seam(channel, nodes) for channel in LOWER], face)
        self._head = _basis(list(face.head_basis(nodes)), face)
        self._lower_at = [CHANNELS.index(channel) for channel in LOWER]
        self._upper_out, self._lower_out = np.zeros((2, *nodes.shape), np.float32)

    def draw(
        self,
        frame: NDArray[np.uint8],
        amplitude: NDArray[np.float64],
        head: NDArray[np.float64],
        placed: tuple[float, float, float],
        rows: tuple[int, int],
    ) -> None:
        """Draw into `frame` rows first..last: amplitude [C], head weights [6], placed (x px, y px, scale)."""
        turned = _combined(head, self._head)
        moved = _combined(amplitude, self._smooth)
        drop = amplitude[self._lower_at]
        opens = bool(drop.any())
        invert(turned, moved, self._upper_out, *self.grid)
        if opens:
            invert(turned, moved + _combined(drop, self._lower), self._lower_out, *self.grid)
        closure = float(amplitude[CHANNELS.index("AU45")]) * (1 + LID_OVERLAP)
        lower = self._lower_out if opens else self._upper_out
        pose = (*placed, closure, opens, *rows)
        warp(
            frame,
            self.rgba,
            self.spans,
            self._upper_out,
            lower,
            self.grid,
            self.lids,
            self.seam,
            MOUTH_RGB,
            pose,
        )


def _combined(weights: NDArray[np.float64], basis: Fields) -> Fields:
    """Sum of the basis fields with the given weights, [rows, cols, 2]."""
    total: Fields = np.tensordot(weights.astype(np.float32), basis, axes=1)
    return total


def _basis(fields: list[NDArray[np.float64]], face: Face) -> Fields:
    """Fields in face coordinates to fields in px, [K, rows, cols, 2]."""
    basis: Fields = (np.array(fields) @ face.axes * face.canthus_px).astype(np.float32)
    return basis


def _grid(face: Face) -> tuple[tuple[float, float, float], NDArray[np.float64]]:
    """Grid origin and step in px, and the nodes in face coordinates, [rows, cols, 2]."""
    step = face.canthus_px / GRID_PER_CANTHUS
    bottom = face.chin_t + NECK[1] + 0.15
    x0, y0 = face.centre_px + np.array([LEFT, TOP]) * face.canthus_px
    x = x0 + step * np.arange(round((RIGHT - LEFT) * GRID_PER_CANTHUS) + 1)
    y = y0 + step * np.arange(round((bottom - TOP) * GRID_PER_CANTHUS) + 1)
    nodes = face.from_px(np.stack(np.meshgrid(x, y), -1))
    return (float(x0), float(y0), step), nodes


def _spans(rgba: NDArray[np.uint8]) -> NDArray[np.int32]:
    """First and last column a row that a moving person may cover, [h, 2]."""
    seen = rgba[..., 3] > 0
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), rgba.shape[1])
    last = np.where(seen.any(axis=1), rgba.shape[1] - 1 - seen[:, ::-1].argmax(axis=1), -1)
    return np.ascontiguousarray(np.stack([first, last], axis=1).astype(np.int32))


def _lid_tables(laid: Shape, width: int) -> NDArray[np.float32]:
    """Crease, upper and lower lid a column, NaN outside the eyes, [3, w]."""
    tables = np.full((3, width), np.nan, np.float32)
    centres = np.arange(width) + 0.5
    for side in ("right", "left"):
        upper = laid.curves[f"lid_upper_{side}"]
        inside = (centres >= upper[:, 0].min()) & (centres <= upper[:, 0].max())
        for row, name in enumerate(("lid_top", "lid_upper", "lid_lower")):
            curve = laid.curves[f"{name}_{side}"]
            order = np.argsort(curve[:, 0])
            tables[row, inside] = np.interp(centres[inside], *curve[order].T)
    return tables


def _seam_table(laid: Shape, width: int) -> NDArray[np.float32]:
    """Row of the mouth's seam a column, held beyond the corners, [w]."""
    curve = laid.curves["seam"]
    seam: NDArray[np.float32] = np.interp(np.arange(width) + 0.5, *curve.T).astype(np.float32)
    return seam
