"""Every movement spotted in a fixed scene: `python -m tests.events.record` writes them again.

The scene has movements of many sizes and lengths in noise, blinks, speech, a turning head, few pixels, lost
frames and values that are not measurable. What ought to be found is for the other tests; here it may not
change unless somebody means it.
"""

import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from edge.config.sections import EventsSection
from edge.events import Spotter
from tests.events.scene import Scene, bump, hold

RECORD = Path(__file__).with_name("record.json")
SECONDS, RATE_HZ = 240, 30
MOVED = ("AU01", "AU02", "AU04", "AU07", "AU10", "AU12", "AU18", "AU24", "AU25", "AU26")


def scene(seed, t_s=None):
    """Return a scene full of everything."""
    made = Scene(SECONDS, RATE_HZ, seed=seed, t_s=t_s)
    rng, t_s = np.random.default_rng(seed), made.t_s
    for at_s in np.arange(3, SECONDS - 8, 1.7):
        name, height = MOVED[rng.integers(len(MOVED))], rng.uniform(0.08, 0.7)
        if rng.random() < 0.6:
            made.add(name, height * bump(t_s, at_s, rng.uniform(0.06, 0.6)))
        else:
            made.add(name, height * hold(t_s, at_s, *rng.uniform((0.1, 0.2, 0.1), (1.5, 4.0, 1.2))))
    for at_s in np.arange(2, SECONDS - 2, 3.1):
        made.add("AU45", rng.uniform(0.05, 0.5) * bump(t_s, at_s, rng.uniform(0.12, 0.35)))
    for at_s in rng.uniform(5, SECONDS - 5, 12):
        made.speaking |= (t_s > at_s) & (t_s < at_s + rng.uniform(0.3, 3))
        made.pose[:, rng.integers(3)] += rng.uniform(0.05, 0.4) * np.clip((t_s - at_s) / 0.5, 0, 1)
    made.add("AU12", 0.5 * np.clip((t_s - 100) / 30, 0, 1) - 0.5 * np.clip((t_s - 200) / 0.4, 0, 1))
    made.raw[2000:2010] = np.nan
    made.raw[3000:3040, :9] = np.nan
    return made


def spotted():
    """Return the movements of two scenes, the second with frames at irregular times and some lost."""
    rng = np.random.default_rng(5)
    times = np.cumsum(rng.uniform(0.6, 1.4, SECONDS * RATE_HZ)) / RATE_HZ
    times = times[(times < 60) | (times > 60.5)]
    found = {}
    for name, made in (("even", scene(1)), ("uneven", scene(2, times[rng.random(len(times)) > 0.02]))):
        spotter, movements = Spotter(EventsSection(refractory_s=0.5)), []
        for k, expression in enumerate(made.expressions()):
            dim = 40.0 if k % 1500 > 1400 else 70.0 if k % 900 > 600 else 100.0
            seen = replace(expression, canthus_px=dim, presence=0.5 if k % 1700 > 1650 else 1.0)
            movements += spotter.update(seen)
        found[name] = [asdict(one) for one in (*movements, *spotter.finish())]
    return found


if __name__ == "__main__":
    RECORD.write_text(json.dumps(spotted(), indent=1) + "\n")
