"""The shared formulas against their definitions."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from edge.formulas import MAD_TO_SD, sigmoid


def test_robust_sd_of_a_normal_distribution():
    """Half of a normal distribution lies within one standard deviation over the factor."""
    assert pytest.approx(1 / NormalDist().inv_cdf(0.75), abs=5e-5) == MAD_TO_SD


def test_sigmoid():
    """The logistic function in double precision, also of float32 and of one number."""
    logits = np.linspace(-20, 20, 81, dtype=np.float32)
    expected = [1 / (1 + math.exp(-float(logit))) for logit in logits]
    np.testing.assert_allclose(sigmoid(logits), expected, rtol=1e-14)
    assert float(sigmoid(np.float32(0.0))) == 0.5


def test_sigmoid_of_any_logit_is_finite():
    """Neither overflow nor a warning at the ends."""
    assert sigmoid(np.array([-1e30, -710.0, 710.0, 1e30])).tolist() == pytest.approx([0, 0, 1, 1], abs=1e-30)
