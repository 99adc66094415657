"""The lag profile of a pair among the extra figures of `expression_synchrony`: points named `lag_+0.2_s`."""

import re
from collections.abc import Mapping

_NAME = re.compile(r"lag_([+-]?\d+(?:\.\d+)?)_s")


def profile(extra: Mapping[str, float | None]) -> list[tuple[float, float | None]]:
    """Return lag, s, and mean Fisher z, by lag; empty without the null's `lag_mu` and `lag_sd`."""
    if extra.get("lag_mu") is None or extra.get("lag_sd") is None:
        return []
    return sorted((float(lag[1]), z) for name, z in extra.items() if (lag := _NAME.fullmatch(name)))
