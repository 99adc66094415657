"""What the grid, the correlator and all fourteen measures cost, live, for six people."""

import time

import numpy as np

from edge.config.sections import MeasuresSection
from edge.measures import Measures
from edge.mimicry import Mimicry
from tests.validate.drive import GRID, event, expression
from tests.validate.tables import table


def core_share(seconds=120.0, people=6, rate_hz=30.0, channels=19, warm_s=600.0):
    """CPU seconds per second of signal, at 30 fps, with full rings: (grid and correlator, measures)."""
    from edge.records import CHANNELS  # noqa: PLC0415

    rng = np.random.default_rng(0)
    mimicry, measures = Mimicry(GRID), Measures(MeasuresSection(), GRID)
    noise = rng.standard_normal((997, people, channels))
    spent = [0.0, 0.0]
    k = 0
    for step_s, until_s, counts in ((1 / 10, warm_s, False), (1 / rate_hz, warm_s + seconds, True)):
        t_s = 0.0 if not counts else warm_s + 0.1
        while t_s < until_s:
            t_ns = round(t_s * 1e9)
            frame = [expression(t_ns, p + 1, noise[k % 997, p], (0.0, 0.0, 0.0)) for p in range(people)]
            events = [] if rng.random() > 0.4 * step_s * people else [_event(rng, people, t_s)]
            start = time.process_time()
            tick = mimicry.update(frame, events, t_ns)
            middle = time.process_time()
            if tick is not None:
                measures.update(tick)
                if counts:
                    measures.result()
            end = time.process_time()
            if counts:
                spent[0] += middle - start
                spent[1] += end - middle
            t_s += step_s
            k += 1
    assert len(CHANNELS) == channels
    return spent[0] / seconds, spent[1] / seconds


def _event(rng, people, t_s):
    name = ("AU12", "AU01", "AU25", "AU04")[rng.integers(4)]
    return event(int(rng.integers(people)) + 1, name, t_s - rng.uniform(0.3, 2), t_s - 0.2, t_s)


def report(*, short=False):
    """Return the cost as a table."""
    grid, measures = core_share(seconds=20.0 if short else 120.0)
    rows = [
        ("grid and correlator", f"{100 * grid:.1f} %"),
        ("fourteen measures", f"{100 * measures:.1f} %"),
        ("both", f"{100 * (grid + measures):.1f} %"),
    ]
    return [table("Cost: six people at 30 fps, share of one core", ("part", "CPU time"), rows)]
