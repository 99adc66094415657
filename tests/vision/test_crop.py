"""The crop: it turns and grows with the face, sheds jitter, and never lags behind a real movement."""

import math

import numpy as np
import pytest

from edge.faces.track import CROP_SLACK, crop, settle
from edge.records import Mesh

STEP_S = 1 / 30


def _mesh(points):
    return Mesh(
        t_ns=0, index=0, person=1, points_px=points.astype(np.float32), presence=1.0, box_px=(0, 0, 1, 1)
    )


@pytest.mark.parametrize("angle", [0.0, 0.6, -2.5])
def test_turns_with_the_face(angle):
    """Turning a face turns its crop by the same angle about the same centre and keeps its side."""
    face = np.random.default_rng(1).uniform((-40, -60, 0), (40, 60, 5), (468, 3))
    face[33], face[263] = (-30, -10, 0), (30, -10, 0)
    c, s = math.cos(angle), math.sin(angle)
    turned = face.copy()
    turned[:, :2] = face[:, :2] @ np.array([[c, s], [-s, c]])
    x, y, side, _ = crop(_mesh(face))
    got = crop(_mesh(turned))
    np.testing.assert_allclose(got, (x * c - y * s, x * s + y * c, side, angle), atol=1e-3)


def test_sheds_jitter():
    """Jitter of a tenth of a percent is reduced to less than half."""
    rng = np.random.default_rng(2)
    wanted = np.array([300.0, 200.0, 240.0, 0.1]) + rng.normal(0, [0.2, 0.2, 0.2, 0.001], (300, 4))
    now, shown = tuple(wanted[0]), []
    for one in wanted:
        now = settle(now, tuple(one), STEP_S)
        shown.append(now)
    assert (np.std(shown[30:], axis=0) < 0.5 * np.std(wanted[30:], axis=0)).all()


@pytest.mark.parametrize("step", [3.0, -40.0, 500.0])
def test_never_lags_behind_a_movement(step):
    """However far the face jumps, the crop is within 0.3 % of its side at once, past half a turn too."""
    wanted = (300.0 + step, 200.0 - step, 240.0, -math.pi + 0.01)
    got = settle((300.0, 200.0, 200.0, math.pi - 0.01), wanted, STEP_S)
    assert max(abs(a - b) for a, b in zip(got[:3], wanted[:3], strict=True)) <= CROP_SLACK * 240 + 1e-9
    assert abs(math.remainder(got[3] - wanted[3], math.tau)) <= CROP_SLACK + 1e-9


def test_settles():
    """A crop that is asked for the same place again and again arrives there."""
    wanted = (10.0, 20.0, 100.0, 0.3)
    now = (10.2, 19.9, 100.1, 0.299)
    for _ in range(60):
        now = settle(now, wanted, STEP_S)
    np.testing.assert_allclose(now, wanted, atol=1e-5)
