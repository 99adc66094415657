"""Formulas that more than one module uses."""

import numpy as np
from numpy.typing import ArrayLike

from edge.arrays import Floats

MAD_TO_SD = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""
FAR_S = 30.0
"""Shortest lag of null N1, s: two people do not follow each other so late (after Moulder et al. 2018)."""
_LOGIT_MAX = 80.0  # keeps exp() finite


def sigmoid(logit: ArrayLike) -> Floats:
    """1 / (1 + exp(-logit)), in double precision whatever the input is."""
    return 1 / (1 + np.exp(-np.clip(np.asarray(logit, np.float64), -_LOGIT_MAX, _LOGIT_MAX)))
