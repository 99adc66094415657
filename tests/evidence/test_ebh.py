"""e-BH against its definition."""

import numpy as np
import pytest

from edge.evidence.ebh import rejected


def _by_definition(e, alpha):
    """Largest k such that the k-th largest e is at least m / (alpha k); these k are rejected."""
    m = len(e)
    k = max((k for k in range(1, m + 1) if sorted(e)[-k] >= m / (alpha * k)), default=0)
    return [int(sum(other > one for other in e) < k) for one in e]


@pytest.mark.parametrize("seed", range(30))
def test_as_defined(seed):
    """Random e-values without ties are rejected as the definition says."""
    rng = np.random.default_rng(seed)
    e = np.exp(rng.normal(2.0, 3.0, rng.integers(1, 40)))
    assert rejected(np.log(e), 0.05).tolist() == [bool(one) for one in _by_definition(e, 0.05)]


def test_one_alone_needs_one_over_alpha():
    """A single e-value is rejected from 20 on at .05."""
    assert rejected(np.log([20.0001]), 0.05).tolist() == [True]
    assert rejected(np.log([19.9999]), 0.05).tolist() == [False]


def test_nothing_of_nothing():
    """Without e-values nothing is rejected."""
    assert rejected(np.empty(0), 0.05).tolist() == []
