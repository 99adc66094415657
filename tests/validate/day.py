"""Memory over a day at 30 frames a second: six people, one of them replaced every 25 minutes."""

import sys

import numpy as np

from edge.config.sections import MeasuresSection
from edge.measures import Measures
from edge.mimicry import Mimicry
from edge.records import CHANNELS
from tests.soak.soak import grown_mb, usage
from tests.validate.drive import GRID, event, expression
from tests.validate.tables import table

HOURS = 24
WARM_UP_HOURS = 3
GROWTH_LIMIT_MB = 1.0
PEOPLE = 6
RATE_HZ = 30
STAY_N = 1500 * RATE_HZ
ASK_N = 600 * RATE_HZ
HOUR_N = 3600 * RATE_HZ
MOVED = ("AU12", "AU01", "AU25", "AU04")
MOVES_S = 0.4  # of one person


def movement(rng, people, t_s, first=1):
    """Draw a movement that somebody among this many people has just ended."""
    name = MOVED[rng.integers(len(MOVED))]
    return event(int(rng.integers(people)) + first, name, t_s - rng.uniform(0.3, 2), t_s - 0.2, t_s)


def day(hours=HOURS):
    """Yield the resident MB after every hour; all measures are asked for every 10 min."""
    rng = np.random.default_rng(1)
    mimicry, measures = Mimicry(GRID), Measures(MeasuresSection(), GRID)
    noise = rng.standard_normal((997, PEOPLE, len(CHANNELS)))
    for k in range(hours * HOUR_N):
        t_ns, first = k * 10**9 // RATE_HZ, k // STAY_N
        frame = [expression(t_ns, first + p, x) for p, x in enumerate(noise[k % 997])]
        moved = rng.random() < MOVES_S * PEOPLE / RATE_HZ
        tick = mimicry.update(frame, [movement(rng, PEOPLE, t_ns / 1e9, first)] if moved else [])
        if tick is not None:
            measures.push(tick)
        if k % ASK_N == ASK_N - 1:
            measures.finish()
        if (k + 1) % HOUR_N == 0:
            yield usage()[0]


def report(*, short=False):
    """Return the memory after the hours of a day as a table; one hour when short."""
    found = []
    for mb in day(1 if short else HOURS):
        found.append(mb)
        print(f"day: {mb:.1f} MB after hour {len(found)}", file=sys.stderr, flush=True)
    return [memory_table(found)]


def memory_table(found):
    """Make the table of the memory after every hour, MB."""
    at = [hour for hour in (1, WARM_UP_HOURS, 6, 12, 18, HOURS) if hour <= len(found)]
    growth_mb = grown_mb(np.array(found), WARM_UP_HOURS)
    return table(
        "Memory: a day at 30 fps",
        ("", *(f"{hour} h" for hour in at), f"most after {WARM_UP_HOURS} h"),
        [
            (
                "resident MB",
                *(f"{found[hour - 1]:.1f}" for hour in at),
                f"{max(found[WARM_UP_HOURS:] or found):.1f}",
            )
        ],
        "Six people, one of them new every 25 min, a movement every 2.5 s each, all measures asked for every "
        "10 min; what the allocator merely keeps is given back before each reading. The whole validation is "
        "in that memory, not the measures alone.",
        [f"grew by {growth_mb:.1f} MB after {WARM_UP_HOURS} h"] if growth_mb > GROWTH_LIMIT_MB else [],
    )
