"""How far the eyes are closed: 1 - eye aspect ratio / the person's own median, 0 open, above .4 closed."""

import math

import numpy as np

from edge.arrays import Floats, overwrite
from edge.expression.history import History

STEP_S = 0.1
KEEP_N = 600  # the open eye is the median of the last minute
MIN_N = 3
_MEDIAN_Q = 0.5


class Eyes:
    """The open eye of one person, and how far below it each aspect ratio lies."""

    def __init__(self, ratios: int) -> None:
        self._history = History(ratios, KEEP_N, STEP_S)
        self._open = np.full(ratios, np.nan)

    def closure(self, ear: Floats, t_ns: int) -> Floats:
        """Take aspect ratios [ratios], NaN where unknown; return how far each eye is closed, NaN at first."""
        known = all(map(math.isfinite, ear))
        if known and self._history.push(ear, t_ns) and self._history.count >= MIN_N:
            self._open = self._history.quantile(np.full(len(ear), _MEDIAN_Q))
        pairs = zip(ear.tolist(), self._open.tolist(), strict=True)
        return np.array([1.0 - now / still if still > 0 else math.nan for now, still in pairs])

    def wipe(self) -> None:
        """Overwrite every ratio."""
        self._history.wipe()
        overwrite(self._open)
