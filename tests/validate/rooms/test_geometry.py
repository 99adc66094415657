"""The peer's own geometry, on points whose place is known."""

import numpy as np
import pytest

from tests.validate.rooms import geometry


def head(seed=1):
    """Invent a head's landmarks, centred, the outer canthi apart along x."""
    points = np.random.default_rng(seed).normal(size=(478, 3)) * 4
    points[geometry.OUTER[0]], points[geometry.OUTER[1]] = (-4, 0, 0), (4, 0, 0)
    return points


def turned(points, yaw_deg, scale=30.0):
    """Turn about the upright axis, scale and shift."""
    c, s = np.cos(np.radians(yaw_deg)), np.sin(np.radians(yaw_deg))
    return scale * points @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]).T + (200, -100, 5)


def test_a_known_turn_is_found():
    """Scale, turn and shift that made one set of points from another come back."""
    a = head()
    scale, turn, shift = geometry.umeyama(a, turned(a, 40.0))
    assert scale == pytest.approx(30.0)
    assert np.allclose(scale * a @ turn.T + shift, turned(a, 40.0))
    assert np.linalg.det(turn) == pytest.approx(1.0)


def test_turning_and_coming_near_move_nothing():
    """A rigid head has the same movements at every angle and size; an opened mouth alone changes its own."""
    yaw, size = np.array([0.0, 10.0, -5.0, 40.0, -50.0]), np.array([30.0, 30.0, 40.0, 20.0, 60.0])
    rigid = np.stack([turned(head(), y, s) for y, s in zip(yaw, size, strict=True)])
    for series in geometry.movements(geometry.laid(rigid, yaw)).values():
        assert np.allclose(series, series[0])
    moving = head()
    moving[14] += 0.5 * (moving[14] - moving[13])
    opened = np.stack([*rigid[:-1], turned(moving, yaw[-1], size[-1])])
    found = geometry.movements(geometry.laid(opened, yaw))
    assert found["AU25"][-1] == pytest.approx(1.5 * found["AU25"][0])
    assert np.allclose(found["AU26"], found["AU26"][0])
