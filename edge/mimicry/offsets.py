"""Where null N1 looks: far-lag offsets that serve a three-minute and a ten-minute session alike."""

import numpy as np
from numpy.typing import NDArray

from edge.config.sections import MimicrySection
from edge.formulas import FAR_S

LOCAL_S = (-6.0, -5.0, -4.0, 4.0, 5.0, 6.0)  # with +-2 s around each: the lags 2-8 s of null N2


def offsets_n(section: MimicrySection) -> NDArray[np.int64]:
    """Offsets in grid samples, ascending: S far ones and the local baseline.

    The far offsets |s| run geometrically from 30 s to H/2, on both sides in alternation: half of them lie
    below 95 s, where a session of three minutes already has windows.
    """
    count = section.surrogates
    sizes = np.geomspace(FAR_S, max(section.horizon_s / 2, FAR_S + count), (count + 1) // 2)
    far = np.concatenate((sizes, -sizes))[:count]
    grid = np.unique(np.rint(np.concatenate((far, LOCAL_S)) * section.rate_hz).astype(np.int64))
    return grid[np.abs(grid) >= round(section.max_lag_s * section.rate_hz)]
