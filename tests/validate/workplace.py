"""Meetings of four in the default configuration, from raw signals to the episodes that the hub is sent.

The whole path of the service but the camera: calibration, spotting of movements, grid, all measures live,
the profile `workplace`.
"""

from functools import partial

import numpy as np

from edge.config import Config
from edge.pipeline.replay import Replay
from edge.tables import from_arrays
from tests.validate.gatherings import CHANNELS, RATE_HZ, Gathering, meet
from tests.validate.spread import spread
from tests.validate.tables import interval, number, table

MINUTES, FROM_S, NEAR_S = 10.0, 180.0, 30.0
ANSWERS = tuple((*pair, 0.8, 0.7) for pair in ((0, 1), (0, 2), (2, 3)))
HZ = 15.0


def episodes(seed, planted):
    """Return (start by its own account, message that said so), s, of every episode of the room."""
    scene = Gathering(
        minutes=MINUTES,
        smiles_min=4.0,
        uneven=0.0,
        answers=ANSWERS if planted else (),
        answers_s=(FROM_S, np.inf),
        seed=seed,
    )
    said = []
    Replay(Config(), said.append).table(_table(meet(scene)), lambda _: None)
    events = [one.body for one in said if one.kind == "event" and one.body["type"] == "start"]
    return [(one["start_s"], one["t_s"]) for one in events if "tracks" not in one]


def _table(session):
    """Return the signals at the rate of a camera, in columns named as action units."""
    t_s = np.arange(round(session.x.shape[2] / RATE_HZ * HZ)) / HZ
    people = [
        np.stack([np.interp(t_s, session.t_s, column) for column in person], axis=1) for person in session.x
    ]
    return from_arrays(people, rate_hz=HZ, channels=CHANNELS)


def report(*, short=False, meetings=None):
    """One row a kind of meeting."""
    runs = meetings or (2 if short else 20)
    planted = spread(partial(episodes, planted=True), range(runs))
    alone = spread(partial(episodes, planted=False), range(runs))
    some = [found[0] for found in planted if found]
    near = [start for start, _ in some if abs(start - FROM_S) <= NEAR_S]
    false = sum(bool(found) for found in alone)
    rows = [
        ("answers, an episode of the room", f"{len(some)} of {runs}", interval(len(some), runs), "1 or more"),
        (
            "its start within 30 s of the truth",
            f"{len(near)} of {len(some)}",
            interval(len(near), len(some) or 1),
            "-",
        ),
        ("independent, an episode of the room", f"{false} of {runs}", interval(false, runs), "none"),
    ]
    late = number(float(np.median([start - FROM_S for start, _ in some])) if some else np.nan, 0)
    after = number(float(np.median([told - FROM_S for _, told in some])) if some else np.nan, 0)
    note = f"""Four people, {MINUTES:g} minutes, default configuration, profile `workplace`; half of the pairs
answer eight of ten smiles from {FROM_S:g} s on, or nobody answers anybody. Median start {late} s after the
truth, reported {after} s after it. Seeds 0 to {runs - 1}."""
    missed = [] if near and not false else [f"{len(near)} episodes near the truth, {false} false"]
    return [
        table(
            "Workplace: episodes of the room",
            ("meetings", "found", "95 % interval", "bar"),
            rows,
            note,
            missed,
        )
    ]
