"""Landmark placement and extents against the formula in plain NumPy."""

import numpy as np
import pytest

from edge._native.landmarks import extent, to_picture


@pytest.mark.parametrize("angle", [0.0, 0.7, -3.0, 100.0])
@pytest.mark.parametrize("n", [1, 2, 468])
def test_to_picture_equals_the_rotation(angle, n):
    """Landmarks land where rotation, scale and shift put them, and the extent is theirs."""
    landmarks = np.random.default_rng(n).uniform(-20, 220, (n, 3)).astype(np.float32)
    out = np.zeros_like(landmarks)
    got = to_picture(landmarks, out, 640.5, 360.25, 300.0, angle, 192.0)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    expected = (landmarks[:, :2] - 96.0) * (300 / 192) @ turn + [640.5, 360.25]
    np.testing.assert_allclose(out[:, :2], expected, atol=1e-3)
    np.testing.assert_allclose(out[:, 2], landmarks[:, 2] * 300 / 192, rtol=1e-6)
    np.testing.assert_allclose(got, [*out[:, :2].min(axis=0), *out[:, :2].max(axis=0)], rtol=1e-6)


@pytest.mark.parametrize("angle", [0.0, 0.4, -2.0])
def test_extent_is_along_the_turned_axes(angle):
    """The extent is measured along the turned axes, so turning points and axes alike changes nothing."""
    points = np.random.default_rng(4).normal(0, 50, (30, 3)).astype(np.float32)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    turned = points.copy()
    turned[:, :2] = points[:, :2] @ turn
    np.testing.assert_allclose(extent(turned, angle), extent(points, 0.0), atol=1e-3)
    np.testing.assert_allclose(
        extent(points, 0.0), [*points[:, :2].min(axis=0), *points[:, :2].max(axis=0)], rtol=1e-6
    )


def test_refuses_other_shapes():
    """No points, or an output of another length, is an error."""
    with pytest.raises(ValueError, match="expected"):
        to_picture(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32), 0, 0, 1, 0, 192)
    with pytest.raises(ValueError, match="expected"):
        to_picture(np.zeros((4, 3), np.float32), np.zeros((3, 3), np.float32), 0, 0, 1, 0, 192)
    with pytest.raises(ValueError, match="expected"):
        extent(np.zeros((0, 3), np.float32), 0.0)
