"""What must not matter: gain and offset, the frame rate, jittered times, when results are asked for."""

from collections import defaultdict

import numpy as np

from edge.config.sections import EventsSection, ExpressionSection, MeasuresSection
from edge.events import Spotter
from edge.expression import Expressions
from edge.measures import TABLE, Measures
from edge.mimicry import Mimicry
from edge.records import CHANNELS
from tests.validate import simulate
from tests.validate.drive import GRID, expression, frames
from tests.validate.rich import at_times, rich
from tests.validate.tables import table

UNIT_CM = 0.05  # a raw feature's centimetres a standard deviation
OWN = "expressivity_calibration"  # reports the gain that the others are free of
JITTER_S = 0.006
RATES_HZ = (25.0, 60.0)


def raw_measures(one, gain=1.0, offset=0.0):
    """Send raw features through calibration, spotter, grid and measures; return the measures.

    `gain` and `offset` are scalars or arrays [P, C, 1] over the channels of the simulation.
    """
    raw = UNIT_CM * (gain * one.x) + offset
    columns = [CHANNELS.index(name) for name in simulate.CHANNELS]
    people, spotter = Expressions(ExpressionSection()), Spotter(EventsSection())
    grid, measures = Mimicry(GRID), Measures(MeasuresSection(), GRID, live=False)
    for k, t_s in enumerate(one.t_s):
        samples = []
        for p in range(len(raw)):
            row = np.full(len(CHANNELS), np.nan)
            row[columns] = raw[p, :, k]
            sample = expression(round(t_s * 1e9), p + 1, row, one.pose[p, :, k], k)
            samples.append(people.update_raw(sample))
        tick = grid.update(samples, [event for sample in samples for event in spotter.update(sample)])
        if tick is not None:
            measures.update(tick)
    measures.update(grid.flush())
    return measures.result()


def gains(one, seed=5):
    """Return the largest change of a value by measure, and verdicts changed, under raw -> a raw + c."""
    rng = np.random.default_rng(seed)
    shape = (len(one.x), len(simulate.CHANNELS), 1)
    before = raw_measures(one)
    after = raw_measures(one, rng.uniform(0.2, 5, shape), rng.uniform(-9, 9, shape))
    far, changed = dict.fromkeys((d.name for d in TABLE), float("nan")), 0
    for old, new in zip(before, after, strict=True):
        changed += (old.name, old.subject, old.state) != (new.name, new.subject, new.state)
        if old.value is not None and new.value is not None and old.name != OWN:
            far[old.name] = float(np.nanmax([far[old.name], abs(old.value - new.value)]))
    return far, changed


def rates(seeds):
    """Verdicts that differ from those at 30 Hz: {measure: [changed, all]} over rates and jittered times."""
    found = defaultdict(lambda: [0, 0])
    for seed in seeds:
        base = _states(raw_measures(rich(seed=seed, rate_hz=30.0)))
        for other in _others(seed):
            states = _states(raw_measures(other))
            for key, state in base.items():
                found[key[0]][0] += states.get(key) != state
                found[key[0]][1] += 1
    return found


def _others(seed):
    """Yield the same people seen at other rates, and at 30 Hz with jittered times."""
    for rate_hz in RATES_HZ:
        yield rich(seed=seed, rate_hz=rate_hz)
    fine = rich(seed=seed, rate_hz=60.0)
    rng = np.random.default_rng(seed)
    steady = np.arange(1, round(30 * fine.t_s[-1])) / 30
    yield at_times(fine, steady + JITTER_S * np.clip(rng.standard_normal(len(steady)), -2, 2))


def _states(measures):
    return {(one.name, one.subject): one.state for one in measures}


def streamed(one, at_s, enabled=()):
    """Yield pairs (live, batch) of every measure that is due live at these times, both at the same tick.

    Live, every subject is computed in its own second of the rhythm; the batch computes all when asked.
    """
    grid = Mimicry(GRID, simulate.CHANNELS)
    section = MeasuresSection(enabled=enabled)
    live, batch = Measures(section, GRID), Measures(section, GRID, live=False)
    for t_ns, people, closed in frames(one.t_s, one.x, one.pose, one.events):
        tick = grid.update(people, closed, t_ns)
        if tick is None:
            continue
        live.update(tick)
        batch.update(tick)
        if round(tick.t_ns / 1e9) in at_s:
            asked = {(m.name, m.subject): m for m in batch.result()}
            own = [key for key in asked if key[1] or key[0] == "group_phase_coherence"]
            for m in live.result():
                if m.t_ns == tick.t_ns and (m.name, m.subject) in own:
                    yield m, asked[m.name, m.subject]


def report(*, short=False):
    """Return the table of what must not matter."""
    far, changed = gains(rich(rate_hz=15.0))
    seen = rates(range(21, 22 if short else 25))
    rows = [
        (
            f"`{d.name}`",
            "reports the gain" if d.name == OWN else f"{far[d.name]:.1e}",
            "{} of {}".format(*seen[d.name]),
        )
        for d in TABLE
    ]
    header = ("measure", "largest change by a and c", "verdicts changed by rate and jitter")
    note = (
        f"raw -> a raw + c, a in .2 to 5, c in +-9 cm for every channel: {changed} verdicts changed. "
        "25 and 60 Hz, and 30 Hz with 6 ms of jitter, against 30 Hz; from raw features through calibration, "
        "spotter, grid and measures."
    )
    return [table("Invariance: gain and offset, frame rate, jitter", header, rows, note)]
