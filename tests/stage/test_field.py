"""The inversion of displacement fields against a brute-force root finder."""

import numpy as np
import pytest
from scipy.optimize import fsolve

from edge._native.field import invert

X0, Y0, STEP = -3.5, 2.25, 4.0


def _bump(x, y, centre, sd, shift):
    weight = np.exp(-0.5 * (((x - centre[0]) / sd) ** 2 + ((y - centre[1]) / sd) ** 2))
    return weight[..., None] * np.array(shift)


def _grid(function, rows=40, cols=50):
    x, y = np.meshgrid(X0 + STEP * np.arange(cols), Y0 + STEP * np.arange(rows))
    return np.ascontiguousarray(function(x, y), np.float32)


def _outer(x, y):
    return _bump(x, y, (90.0, 80.0), 30.0, (7.0, -5.0))


def _inner(x, y):
    return _bump(x, y, (110.0, 70.0), 20.0, (-4.0, 6.0))


def test_inverse_matches_a_root_finder():
    """At every tenth node the inverse of both fields agrees with a root finder within the grid error."""
    outer, inner = _grid(_outer), _grid(_inner)
    middle, out = np.zeros((2, *outer.shape), np.float32)
    invert(outer, np.zeros_like(outer), middle, X0, Y0, STEP)
    invert(inner, middle, out, X0, Y0, STEP)
    for j in range(5, 35, 5):
        for i in range(5, 45, 8):
            node = np.array([X0 + STEP * i, Y0 + STEP * j])

            def forward(s, node=node):
                moved = s + _inner(*s)
                return moved + _outer(*moved) - node

            source = fsolve(forward, node, xtol=1e-10)
            np.testing.assert_allclose(out[j, i], source - node, atol=0.06)


def test_no_motion_is_identity():
    """Two zero fields invert to exactly zero."""
    zero = _grid(lambda x, y: np.zeros((*x.shape, 2)))
    out = np.ones_like(zero)
    invert(zero, zero, out, X0, Y0, STEP)
    np.testing.assert_array_equal(out, 0.0)


@pytest.mark.parametrize("shape", [(1, 5, 2), (5, 1, 2), (5, 5, 3)])
def test_odd_fields_are_refused(shape):
    """A field without two rows, two columns and two components is refused."""
    field = np.zeros(shape, np.float32)
    with pytest.raises(ValueError, match="expected"):
        invert(field, field, field.copy(), 0.0, 0.0, 1.0)
