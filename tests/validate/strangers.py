"""Rate ratios of people who have nothing to do with each other: independent onsets, nothing but chance."""

from collections import defaultdict
from functools import partial

import numpy as np

from tests.validate.drive import at_once
from tests.validate.simulate import CHANNELS, Session
from tests.validate.spread import spread
from tests.validate.tables import number, table

NAMES = ("response_pull", "following_asymmetry")
SCENES = ((6, 2, 10), (6, 4, 3), (6, 3, 10), (6, 4, 10), (8, 2, 10))
LEVELS = {2: "pairs", 1: "persons", 0: "rooms"}
ALPHA, BARS, BIAS = 0.05, (0.03, 0.065), 0.05
MOVEMENT_S = 1.6


def meeting(seed, people, a_minute, minutes):
    """Poisson onsets of smiles of everybody on their own; the faces themselves do not move."""
    rng, length_s = np.random.default_rng((seed, people)), 60.0 * minutes
    events = []
    for person in range(people):
        onsets = rng.uniform(0, length_s - MOVEMENT_S, rng.poisson(a_minute * minutes))
        events += [(person, "AU12", at, at + 0.5, at + MOVEMENT_S) for at in onsets]
    n = round(10 * length_s)
    still = np.zeros((people, len(CHANNELS), n))
    return Session(
        t_s=np.arange(n) / 10, x=still, pose=still[:, :3], events=sorted(events, key=lambda e: e[4])
    )


def judged(seed, people, a_minute, minutes):
    """Every (name, level, p, value) of one meeting that was testable."""
    measures = at_once(meeting(seed, people, a_minute, minutes), CHANNELS, enabled=NAMES)
    return [(one.name, len(one.subject), one.p, one.value) for one in measures if one.p is not None]


def counted(runs, people, a_minute, minutes):
    """Return p and values by name and level over many meetings, [(p, value), ...] each."""
    found = defaultdict(list)
    one = partial(judged, people=people, a_minute=a_minute, minutes=minutes)
    for rows in spread(one, range(runs)):
        for name, level, p, value in rows:
            found[name, level].append((p, value))
    return found


def _rows(runs, scene):
    people, a_minute, minutes = scene
    for (name, level), found in sorted(counted(runs, *scene).items(), reverse=True):
        p, values = np.array(found).T
        mean = f"{values.mean():+.3f}" if (name, level) == (NAMES[0], 2) else "-"
        share = number((p <= ALPHA).mean())
        yield (f"{people}, {a_minute}, {minutes}", f"`{name}`", LEVELS[level], len(p), share, mean)


def _missed(rows):
    """Say which share or which bias lies outside, beyond three standard errors of this many tests."""
    for scene, name, level, tested, share, mean in rows:
        error = 3 * (ALPHA * (1 - ALPHA) / tested) ** 0.5
        if not BARS[0] - error <= float(share) <= BARS[1] + error:
            yield f"{name} of {level}, {scene}: {share}"
        if mean != "-" and abs(float(mean)) > BIAS:
            yield f"{name}, {scene}: mean {mean}"


def report(*, short=False):
    """Shares of small p and the mean log rate ratio by scene."""
    rows = [row for scene in SCENES[: 1 if short else None] for row in _rows(10 if short else 200, scene)]
    header = ("people, onsets a minute, minutes", "measure", "level", "tested", "p <= .05", "mean log ratio")
    note = f"""Onsets at random, each person on their own. Bars: p <= .05 in {BARS[0]:g} to {BARS[1]:g} (and
three standard errors of the number tested), mean log rate ratio of pairs within {BIAS:g} of 0."""
    return [
        table("False positives: rate ratios of independent onsets", header, rows, note, list(_missed(rows)))
    ]
