"""The short forms of `make soak`."""

import tracemalloc

import numpy as np
import pytest

from edge.config import Config
from edge.expression import Expressions
from edge.pipeline.engine import SignalEngine
from tests.soak.soak import STEP_NS, expression, signals, soak


@pytest.mark.slow
def test_the_same_hour_again_and_again():
    """The same signals give the same reports bit for bit; memory, descriptors and threads do not grow."""
    rows = soak(4, frames=600)
    assert {row[1] for row in rows} == {rows[0][1]}
    assert rows[-1][2] - rows[1][2] <= 1.0
    assert rows[-1][3:] == rows[1][3:]


def test_visitors_leave_no_memory_behind():
    """A hundred people who come for six seconds under ever new numbers are forgotten once they have left."""
    engine, calibrate, x = SignalEngine(Config()), Expressions(Config().expression), signals(frames=60)
    x[np.isnan(x)] = 0.0
    held_mb = []
    tracemalloc.start()
    try:
        for visitor in range(120):
            for index, row in enumerate(x):
                t_ns = (visitor * 130 + index) * STEP_NS
                engine.update([calibrate.update_raw(expression(visitor, index, t_ns, row[0]))], t_ns)
            held_mb.append(tracemalloc.get_traced_memory()[0] / 1e6)
    finally:
        tracemalloc.stop()
    assert held_mb[-1] - held_mb[20] < 1.0
