"""Answers that stop and answers that go on: how soon an episode ends, and how often it is ended too early.

Everything is run once for several levels of Page's test, on the same meetings.
"""

import math
from functools import partial

from edge.evidence.fading import GONE
from edge.measures.standing import ENTER_NOW, Standings
from tests.validate.gatherings import CHANNELS, Gathering, meet
from tests.validate.looks import ALPHA, watched
from tests.validate.planted import BRIEF_S, FOLLOWING, TIMELY
from tests.validate.spread import spread
from tests.validate.tables import interval, table

ODDS = (8.0, math.exp(GONE), 30.0)
"""Levels, the device's own among them."""
GOING = (0.8, 0.4)
STOPPED, MINUTES = 100, 30.0


def spells(seed, q, answers_s=(0.0, math.inf)):
    """Return when the planted pair was noticed and left, s, at each of the levels."""
    scene = Gathering(
        minutes=MINUTES,
        smiles_min=4.0,
        uneven=0.0,
        answers=((0, 1, q, 0.7),),
        answers_s=answers_s,
        seed=seed,
    )
    levels = [Standings(ALPHA, ENTER_NOW, math.log(odds)) for odds in ODDS]
    return [
        [
            (one.noticed_s, one.left_s)
            for one in watcher.spells
            if (one.name, one.subject, one.state) == (*FOLLOWING, "above")
        ]
        for watcher in watched(meet(scene), levels, TIMELY, CHANNELS)
    ]


def _ended(courses):
    """Of the meetings in which three minutes were found in time: how many ended in time, of how many."""
    found = [one for one in courses if one and BRIEF_S[0] < one[0][0] <= BRIEF_S[1] + 60]
    return sum(one[-1][1] <= BRIEF_S[1] + 120 for one in found), len(found)


def _parted(courses):
    """How often what goes on was ended, in how many hours of it."""
    every = [one for course in courses for one in course]
    held_s = sum(min(left, 60 * MINUTES) - noticed for noticed, left in every)
    return f"{sum(left < math.inf for _, left in every)} in {held_s / 3600:.1f} h"


def report(*, short=False, meetings=None):
    """Return the table."""
    runs = meetings or (2 if short else STOPPED)
    brief = spread(partial(spells, q=0.8, answers_s=BRIEF_S), range(runs))
    going = {q: spread(partial(spells, q=q), range(1000, 1000 + max(1, runs // 4))) for q in GOING}
    rows = []
    for at, odds in enumerate(ODDS):
        k, n = _ended([one[at] for one in brief])
        parted = [_parted([one[at] for one in going[q]]) for q in GOING]
        rows.append((f"{odds:.0f} to 1", f"{k} of {n}", interval(k, n), *parted))
    note = f"""Three minutes of q .8 in half an hour, {runs} meetings, of those found within 60 s after
their end; and half an hour of q .8 and of q .4, {max(1, runs // 4)} meetings each: how often an episode
was ended while answers went on, in the time that it stood. The device ends at {math.exp(GONE):.0f} to 1."""
    header = ("odds at the end", "ended within 120 s", "95 % interval", "ended at q .8", "ended at q .4")
    return [table("Endings: what stops and what goes on", header, rows, note)]
