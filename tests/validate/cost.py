"""What the measures cost: processor seconds for a second of six people, all of them computed live."""

import time

import numpy as np

from edge.config.sections import MeasuresSection
from edge.measures import Measures
from edge.mimicry import Mimicry
from edge.records import CHANNELS
from tests.validate.day import MOVES_S, PEOPLE, RATE_HZ, movement
from tests.validate.drive import GRID, expression
from tests.validate.tables import table

FILL_HZ = 10  # the rings are filled at the rate of the grid, which nobody counts
SETTLE_S = 5.0  # before the counting all subjects are computed once
TURN_RAD = 0.1  # heads turn by this much
LIMIT = 0.10  # of one core


def core_share(seconds, warm_s=GRID.horizon_s):
    """Share of one core with full rings, results asked for every hop: (grid and correlator, measures)."""
    rng = np.random.default_rng(0)
    mimicry, measures = Mimicry(GRID), Measures(MeasuresSection(), GRID)
    noise = rng.standard_normal((997, PEOPLE, len(CHANNELS)))
    fill_s = np.arange(0, warm_s, 1 / FILL_HZ)
    spent = np.zeros(2)
    for k, t_s in enumerate(np.concatenate((fill_s, np.arange(warm_s, warm_s + seconds, 1 / RATE_HZ)))):
        counts = k >= len(fill_s)
        t_ns = round(t_s * 1e9)
        frame = [expression(t_ns, p + 1, x, TURN_RAD * x[:3]) for p, x in enumerate(noise[k % 997])]
        moved = rng.random() < MOVES_S * PEOPLE / (RATE_HZ if counts else FILL_HZ)
        events = [movement(rng, PEOPLE, t_s)] if moved else []
        start = time.process_time()
        tick = mimicry.update(frame, events, t_ns)
        middle = time.process_time()
        if tick is not None and t_s < warm_s - SETTLE_S:
            measures.push(tick)
        elif tick is not None:
            measures.update(tick)
            measures.result()
        spent += counts * np.array((middle - start, time.process_time() - middle))
    return spent / seconds


def report(*, short=False):
    """Return the cost as a table."""
    grid, measures = core_share(20.0 if short else 120.0)
    rows = [
        (name, f"{100 * share:.1f} %")
        for name, share in (
            ("grid and correlator", grid),
            ("fourteen measures", measures),
            ("both", grid + measures),
        )
    ]
    missed = [f"both take more than {100 * LIMIT:.0f} %"] if grid + measures > LIMIT else []
    return [table("Cost: six people at 30 fps, share of one core", ("part", "CPU time"), rows, "", missed)]
