"""Numbers that mean a missing value: -999 and its like, far from everything else in their column."""

import numpy as np

from edge.arrays import Floats

CODES = tuple(sign * value for value in (99.0, 999.0, 9999.0, 99999.0) for sign in (-1, 1))
FAR = 3.0  # distance of a code from all other values, over their range


def codes_in(values: Floats) -> list[float]:
    """Return the codes in a column: far from the others, or the only negative number; 999 more than once."""
    candidates = [code for code in CODES if (values == code).any()]
    rest = values[~np.isin(values, candidates) & ~np.isnan(values)] if candidates else values[:0]
    if not rest.size:
        return []
    low, high = float(rest.min()), float(rest.max())
    far = FAR * (high - low)
    return [
        code
        for code in candidates
        if (code < 0 <= low) or ((code < 0 or (values == code).sum() > 1) and _apart(code, low, high) > far)
    ]


def _apart(code: float, low: float, high: float) -> float:
    return max(low - code, code - high)
