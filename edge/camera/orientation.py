"""How a camera hangs, and its pictures turned upright in the one copy that every picture needs anyway."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from edge._native.upright import copy
from edge.config.sections import CameraSection

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Orientation:
    """What makes a picture upright: columns mirrored, rows mirrored, then rows and columns exchanged."""

    mirrored: bool = False
    """Whether the first column becomes the last."""
    upended: bool = False
    """Whether the first row becomes the last."""
    transposed: bool = False
    """Whether rows become columns, after the two above."""

    @classmethod
    def of(cls, section: CameraSection) -> Self:
        """Turn clockwise by `rotate_deg`, then mirror the upright picture as `flip` asks."""
        across, down = section.flip in {"horizontal", "both"}, section.flip in {"vertical", "both"}
        transposed = section.rotate_deg in {90, 270}
        if transposed:
            across, down = down, across
        turned = section.rotate_deg
        return cls(across != (turned in {180, 270}), down != (turned in {90, 180}), transposed)

    def view(self, image: Picture) -> Picture:
        """Return the picture [H, W, 3] upright, without a copy."""
        seen = image[:: -1 if self.upended else 1, :: -1 if self.mirrored else 1]
        return seen.swapaxes(0, 1) if self.transposed else seen

    def after(self, done: Self) -> Self:
        """Return what is left when the camera has mirrored already."""
        return replace(self, mirrored=self.mirrored != done.mirrored, upended=self.upended != done.upended)

    def times(self, t_ns: int, row_ns: float, rows: int) -> tuple[int, float, float]:
        """Return the time of the upright picture's first pixel, and the times between its rows and columns.

        `rows` is the number of rows before the turn, read one after the other from `t_ns` on.
        """
        if self.upended:
            t_ns, row_ns = t_ns + round((rows - 1) * row_ns), -row_ns
        return (t_ns, 0.0, row_ns) if self.transposed else (t_ns, row_ns, 0.0)


UPRIGHT = Orientation()


def own(seen: Picture) -> Picture:
    """Copy a picture out of any view into memory of its own, row after row."""
    image = np.empty(seen.shape, np.uint8)
    copy(seen, image)
    return image
