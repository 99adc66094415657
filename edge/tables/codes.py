"""Numbers that mean a missing value: -999 and its like, far from everything else in their column."""

import numpy as np

from edge.arrays import Floats

DIGITS = (11.0, 111.0, 1111.0, 11111.0, 111111.0)
CODES = tuple(sign * digit * ones for digit in (9, 8, 7) for ones in DIGITS for sign in (-1, 1))
LIMITS = (-32768.0, 32767.0, 65535.0, -2147483648.0, 2147483647.0, -1000.0)  # of integers, and the like
FAR = 3.0  # distance of a code from all other values, over their range


def codes_in(values: Floats) -> list[float]:
    """Return the codes in a column: far from the others, or the only negative number; 999 more than once."""
    present = values[~np.isnan(values)]
    candidates = [code for code in (*CODES, *LIMITS) if (present == code).any()] if _any_far(present) else []
    rest = present[~np.isin(present, candidates)] if candidates else present
    if not rest.size:
        return []
    if _only_negative(rest):
        candidates.append(float(rest.min()))
        rest = rest[rest >= 0]
    low, high = float(rest.min()), float(rest.max())
    far = FAR * (high - low)
    return [
        code
        for code in candidates
        if (code < 0 <= low) or ((code < 0 or (values == code).sum() > 1) and _apart(code, low, high) > far)
    ]


def _any_far(present: Floats) -> bool:
    """Whether there is a value as large as the smallest code."""
    return bool(present.size) and float(np.abs(present).max()) >= min(map(abs, CODES))


def _only_negative(rest: Floats) -> bool:
    """Whether a whole number such as -1 comes again as the only negative one, beside fractions."""
    low = rest.min()
    negative = rest < 0
    again = negative.sum() > 1 and low % 1 == 0 and (rest[negative] == low).all()
    return bool(again and (rest[~negative] % 1).any())


def _apart(code: float, low: float, high: float) -> float:
    return max(low - code, code - high)
