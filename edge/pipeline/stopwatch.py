"""How long each stage of a frame takes: the last durations of every stage, with median and tail."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

KEEP_N = 600  # durations remembered a stage: 20 s at 30 frames a second


class Stopwatch:
    """Times named stages on the monotonic clock."""

    def __init__(self) -> None:
        self._ms: dict[str, deque[float]] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the body under a name."""
        start_ns = time.monotonic_ns()
        try:
            yield
        finally:
            self._ms.setdefault(name, deque(maxlen=KEEP_N)).append((time.monotonic_ns() - start_ns) / 1e6)

    def quantile_ms(self, q: float) -> dict[str, float]:
        """Quantile q (0..1) of every stage, ms."""
        return {name: float(np.quantile(values, q)) for name, values in self._ms.items() if values}
