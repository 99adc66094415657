"""Many e-values at once: the e-BH procedure, valid whatever the dependence between them."""

import numpy as np
from numpy.typing import NDArray

from edge.arrays import Floats


def rejected(log_e: Floats, alpha: float) -> NDArray[np.bool_]:
    """Reject the k largest e with e_(k) >= m / (alpha k), k the largest such (Wang & Ramdas 2022), [m]."""
    order = np.argsort(-log_e, kind="stable")
    m = len(log_e)
    bars = np.log(m / (alpha * np.arange(1, m + 1))) if m else np.empty(0)
    passed = np.flatnonzero(log_e[order] >= bars)
    out = np.zeros(m, dtype=bool)
    if len(passed):
        out[order[: passed[-1] + 1]] = True
    return out
