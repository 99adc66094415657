"""What must not matter: gain and offset, the frame rate, jittered times, when results are asked for."""

from collections import Counter
from functools import partial

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
from tests.validate.spread import spread
from tests.validate.tables import table

UNIT = 0.05  # a raw feature a standard deviation
OWN = "expressivity_calibration"  # reports the gain that the others are free of
JITTER_S = 0.006
RATES_HZ = {"30 Hz": 30.0, "25 Hz": 25.0, "60 Hz": 60.0}
BASE, JITTER, NOISE = "30 Hz", "jittered", "other noise"
FEEDS = ("25 Hz", "60 Hz", JITTER, NOISE)
BAR = 1e-6
BORDER = 0.1


def raw_measures(one, gain=1.0, offset=0.0):
    """Send raw features through calibration, spotter, grid and measures; return the measures.

    `gain` and `offset` are scalars or arrays [P, C, 1] over the channels of the simulation.
    """
    raw = UNIT * (gain * one.x) + offset
    columns = [CHANNELS.index(name) for name in simulate.CHANNELS]
    people, spotter = Expressions(ExpressionSection()), Spotter(EventsSection())
    grid, measures = Mimicry(GRID), Measures(MeasuresSection(), GRID)
    for k, t_s in enumerate(one.t_s):
        samples = []
        for p in range(len(raw)):
            row = np.full(len(CHANNELS), np.nan)
            row[columns] = raw[p, :, k]
            sample = expression(round(t_s * 1e9), p + 1, row, one.pose[p, :, k], k)
            samples.append(people.update_raw(sample))
        tick = grid.update(samples, [event for sample in samples for event in spotter.update(sample)])
        if tick is not None:
            measures.push(tick)
    measures.push(grid.flush())
    return measures.finish()


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


def fed(seed, feed):
    """Return {(measure, subject): measure} of one truth fed in one way."""
    if feed in RATES_HZ:
        one = rich(seed=seed, rate_hz=RATES_HZ[feed])
    elif feed == NOISE:
        one = rich(seed=seed, rate_hz=30.0, noise_seed=seed)
    else:
        fine = rich(seed=seed, rate_hz=60.0)
        rng = np.random.default_rng(seed)
        steady = np.arange(1, round(30 * fine.t_s[-1])) / 30
        one = at_times(fine, steady + JITTER_S * np.clip(rng.standard_normal(len(steady)), -2, 2))
    return {(m.name, m.subject): m for m in raw_measures(one)}


def changed(seeds):
    """Return how many verdicts there are by measure, and (feed, 30 Hz, fed) of every one that differs."""
    feeds = (BASE, *FEEDS)
    runs = [(seed, feed) for seed in seeds for feed in feeds]
    found = dict(zip(runs, spread(partial(_apply, fed), runs), strict=True))
    count, differ = Counter(), []
    for seed in seeds:
        for key, one in found[seed, BASE].items():
            count[one.name] += 1
            others = [(feed, one, found[seed, feed][key]) for feed in FEEDS]
            differ += [other for other in others if other[2].state != one.state]
    return count, differ


def _apply(function, arguments):
    return function(*arguments)


def streamed(one, at_s, enabled=()):
    """Yield pairs (live, batch) of every measure that is due live at these times, both at the same tick.

    Live, every subject is computed in its own second of the rhythm; the batch computes all when asked.
    """
    grid = Mimicry(GRID, simulate.CHANNELS)
    section = MeasuresSection(enabled=enabled)
    live, batch = Measures(section, GRID), Measures(section, GRID)
    for t_ns, people, closed in frames(one.t_s, one.x, one.pose, one.events):
        tick = grid.update(people, closed, t_ns)
        if tick is None:
            continue
        live.update(tick)
        batch.push(tick)
        if round(tick.t_ns / 1e9) in at_s:
            asked = {(m.name, m.subject): m for m in batch.finish()}
            own = [key for key in asked if key[1] or key[0] == "group_phase_coherence"]
            for m in live.result():
                if m.t_ns == tick.t_ns and (m.name, m.subject) in own:
                    yield m, asked[m.name, m.subject]


def report(*, short=False):
    """Return the table of what must not matter."""
    return [_table(*gains(rich(rate_hz=15.0)), *changed(range(21, 22 if short else 25)))]


def _table(far, other, count, differ):
    """Make the table of the largest change by gain and offset and of the verdicts other feeds change."""
    by = Counter((feed, one.name) for feed, one, _ in differ)
    rows = [
        (
            f"`{d.name}`",
            "reports the gain" if d.name == OWN else f"{far[d.name]:.1e}",
            count[d.name],
            *(by[feed, d.name] for feed in FEEDS),
        )
        for d in TABLE
    ]
    moved = [(one, m) for feed, one, m in differ if feed != NOISE]
    gates = sum("insufficient" in (one.state, m.state) for one, m in moved)
    border = sum(_at_border(one, m) for one, m in moved)
    asked, tests, noisy = count.total(), count.total() * (len(FEEDS) - 1), len(differ) - len(moved)
    note = (
        f"raw -> a raw + c, a in .2 to 5, c in +-9 cm for every channel: {other} verdicts changed. Rates and "
        f"jitter ({1000 * JITTER_S:.0f} ms) against 30 Hz on the same movements, in noise up to 15 Hz that "
        "every feed meets at other moments, from raw features through low-pass, calibration, spotter, grid "
        f"and measures: {len(moved)} of {tests} verdicts changed ({100 * len(moved) / tests:.1f} %), {gates} "
        f"of them between five events in a cell and too few, {border} with both tails below {BORDER:g}, "
        f"{len(moved) - gates - border} further away. Other noise on the same movements, all at 30 Hz: "
        f"{noisy} of {asked} ({100 * noisy / asked:.1f} %)."
    )
    missed = [f"`{name}` changes by {value:.1e}" for name, value in far.items() if value > BAR]
    if len(moved) * asked > noisy * tests:
        missed.append("rates and jitter change more verdicts than other noise does")
    header = ("measure", "largest change by a and c", "verdicts", *FEEDS)
    return table("Invariance: gain and offset, frame rate, jitter", header, rows, note, missed)


def _at_border(one, other):
    """Whether both tails, on the side on which one of them speaks, are small."""
    tails = [m.extra.get("p_tail", np.nan) for m in (one, other)]
    return bool(np.max([1 - p if "below" in (one.state, other.state) else p for p in tails]) < BORDER)
