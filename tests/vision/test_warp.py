"""The fused warp against a slow oracle that knows the formula only."""

import numpy as np
import pytest

from edge._native.warp import warp_square

MARGIN = 3000


def _naive(image, square, size):
    """Bilinear reading of the rotated square, pixel by pixel formula, zero outside."""
    (x, y, side, angle), (m, n) = square, size
    height, width = image.shape[:2]
    padded = np.zeros((height + 2 * MARGIN, width + 2 * MARGIN, 3))
    padded[MARGIN : MARGIN + height, MARGIN : MARGIN + width] = image
    u = ((np.arange(n) + 0.5) / n - 0.5)[None, :] * side
    v = ((np.arange(m) + 0.5) / m - 0.5)[:, None] * side
    px = x + u * np.cos(angle) - v * np.sin(angle) - 0.5
    py = y + u * np.sin(angle) + v * np.cos(angle) - 0.5
    ix, iy = np.floor(px).astype(int), np.floor(py).astype(int)
    fx, fy = (px - ix)[..., None], (py - iy)[..., None]
    ix, iy = ix + MARGIN, iy + MARGIN
    top = padded[iy, ix] * (1 - fx) + padded[iy, ix + 1] * fx
    low = padded[iy + 1, ix] * (1 - fx) + padded[iy + 1, ix + 1] * fx
    return top * (1 - fy) + low * fy


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (2, 2), (3, 500), (120, 160), (240, 320)])
@pytest.mark.parametrize("size", [(1, 1), (5, 9), (64, 64), (192, 192)])
def test_equals_the_formula(shape, size):
    """Every pixel equals the formula, for squares inside, across and outside the picture at any angle."""
    rng = np.random.default_rng(7)
    image = rng.integers(0, 256, (*shape, 3), np.uint8)
    out = np.full((*size, 3), np.nan, np.float32)
    for _ in range(12):
        x, y = rng.uniform(-50, 370), rng.uniform(-50, 290)
        side, angle = rng.choice([0.5, 7.0, 90.0, 700.0]), rng.choice([0.0, np.pi / 2, rng.uniform(-7, 7)])
        warp_square(image, out, x, y, side, angle, 2 / 255, -1.0)
        expected = _naive(image, (x, y, side, angle), size) * 2 / 255 - 1
        np.testing.assert_allclose(out, expected, atol=3e-5)


def test_writes_nothing_beyond_the_tensor():
    """Memory before and after the tensor stays as it was, whatever the square."""
    image = np.full((40, 50, 3), 200, np.uint8)
    memory = np.full((18, 16, 3), -7.0, np.float32)
    out = memory[1:-1]
    for angle in np.linspace(0, 6, 25):
        warp_square(image, out, 25, 20, 18, angle)
    assert (memory[[0, -1]] == -7).all()
    assert not (out == -7).any()


def test_reads_a_frozen_picture_and_leaves_it():
    """A read-only picture is fine and is not changed."""
    image = np.random.default_rng(1).integers(0, 256, (30, 30, 3), np.uint8)
    copy = image.copy()
    image.flags.writeable = False
    warp_square(image, np.zeros((8, 8, 3), np.float32), 15, 15, 20, 0.3)
    assert (image == copy).all()


@pytest.mark.parametrize(
    "square", [(np.nan, 1, 1, 0), (1, np.inf, 1, 0), (1, 1, 0, 0), (1, 1, -3, 0), (1, 1, 1, np.nan)]
)
def test_refuses_squares_that_are_none(square):
    """A square that is not finite or has no side is an error, not a read out of bounds."""
    with pytest.raises(ValueError, match="finite square"):
        warp_square(np.zeros((4, 4, 3), np.uint8), np.zeros((2, 2, 3), np.float32), *square)


def test_refuses_other_channels():
    """Only three channels are read and written."""
    with pytest.raises(ValueError, match="H, W, 3"):
        warp_square(np.zeros((4, 4, 4), np.uint8), np.zeros((2, 2, 3), np.float32), 2, 2, 2, 0)
