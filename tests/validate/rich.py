"""A session in which every one of the fourteen measures has a value: smiles, brows and brief movements."""

from dataclasses import replace

import numpy as np

from tests.validate.simulate import Script, simulate

LONG = Script(people=3, minutes=6.0, q=0.8, onsets_min=7.0, noise=0.4, channels=("AU12", "AU04"))
BRIEF = replace(LONG, brief=True, channels=("AU01",))


def rich(seed=21, **changes):
    """Return one session: 2 answers 1 in smiles, brow movements and brief brow raises; 3 moves alone."""
    one = simulate(replace(LONG, seed=seed, **changes))
    two = simulate(replace(BRIEF, seed=seed + 1000, **changes))
    events = sorted([*one.events, *two.events], key=lambda event: event[4])
    return replace(one, x=one.x + two.x, events=events)


def at_times(one, t_s):
    """Read a session at other times, linearly; the movements stay."""
    x = np.stack([[np.interp(t_s, one.t_s, row) for row in person] for person in one.x])
    pose = np.stack([[np.interp(t_s, one.t_s, row) for row in person] for person in one.pose])
    return replace(one, t_s=t_s, x=x, pose=pose)
