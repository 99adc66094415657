"""Which squares of the picture the detector looks at.

The detector's input is small: a face is found down to about 1/30 of the square's side between the canthi.
The whole picture is one square; a large picture adds overlapping tiles, so that far faces are found too.
"""

import math

from edge.faces.detector import Detection, Square

SMALLEST_PX = 24.0  # outer-canthus distance that must still be found
FINDABLE = 1 / 30  # smallest outer-canthus distance over the square's side (measured, see docs/vision.md)
STEP = 0.66  # distance of two tiles over their side: a face up to a third of a tile lies whole in one of them


def whole(width_px: int, height_px: int) -> Square:
    """Return the square around the whole picture: centre x, centre y, side."""
    return (width_px / 2, height_px / 2, float(max(width_px, height_px)))


def tiles(width_px: int, height_px: int) -> list[Square]:
    """Return the tiles that find faces of 24 px; none where the whole picture is fine enough."""
    side = SMALLEST_PX / FINDABLE
    if max(width_px, height_px) <= side:
        return []
    across, down = _centres(width_px, side), _centres(height_px, side)
    return [(x, y, side) for y in down for x in across]


def cut(found: Detection, square: Square, width_px: int, height_px: int) -> bool:
    """Whether a face reaches over an edge of its tile that is not an edge of the picture."""
    x, y, side = square
    left, top, w, h = found.box_px
    return (
        (left < x - side / 2 and x - side / 2 > 0)
        or (top < y - side / 2 and y - side / 2 > 0)
        or (left + w > x + side / 2 and x + side / 2 < width_px)
        or (top + h > y + side / 2 and y + side / 2 < height_px)
    )


def _centres(length_px: int, side: float) -> list[float]:
    if length_px <= side:
        return [length_px / 2]
    n = math.ceil((length_px - side) / (STEP * side)) + 1
    return [side / 2 + i * (length_px - side) / (n - 1) for i in range(n)]
