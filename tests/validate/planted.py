"""Planted answers in meetings that are watched all the time: how soon evidence finds them.

Verdicts are read every ten seconds, as often as bets are settled. Four people, four smiles a minute.
"""

import math
from dataclasses import replace
from functools import partial

import numpy as np

from tests.validate.gatherings import CHANNELS, Gathering
from tests.validate.gatherings import meet as gather
from tests.validate.looks import EVERY, watch
from tests.validate.meetings import CHANNELS as SCENE_CHANNELS
from tests.validate.meetings import Scene, meet
from tests.validate.spread import spread
from tests.validate.tables import interval, number, table

TIMELY = frozenset({"response_timeliness"})
INDEX = frozenset({"expression_synchrony", "mimicry_index"})
SOON = ((0.2, 15, 0.60), (0.4, 10, 0.85), (0.8, 5, 0.95))
"""Share of answers, minutes, share of meetings that must find them by then."""
FOLLOWING = ("response_timeliness", (1, 2))
PLANTED, ROOMS, WHOLE = 100, 40, 20
"""Planted meetings, with a room, with all measures."""
BRIEF_S = (900.0, 1080.0)
HIDING = ", a smile hides the next"
HALF = ((0, 1), (0, 2), (2, 3))


def found_by(seed, scene, enabled, key):
    """Return when the planted subject is noticed and left, s; infinity for never."""
    hidden = isinstance(scene, Scene)
    meeting = (meet if hidden else gather)(replace(scene, seed=seed))
    spells, _ = watch(meeting, enabled, SCENE_CHANNELS if hidden else CHANNELS)
    mine = [one for one in spells if (one.name, one.subject) == key and one.state == "above"]
    return (mine[0].noticed_s, mine[-1].left_s) if mine else (np.inf, np.inf)


def _planted(runs):
    """Count the planted meetings: one row a scene."""
    rows = []
    for what, kind in (("", _answering), (HIDING, _hiding)):
        for q, minutes, bar in SOON:
            found = _in_time(runs, kind(q, minutes, ((0, 1),)), TIMELY, FOLLOWING)
            rows.append((f"q {q:g} within {minutes} minutes{what}", found, bar))
    every = _in_time(min(runs, WHOLE), _answering(0.4, 10, ((0, 1),)), EVERY, FOLLOWING)
    rows.append(("q 0.4 within 10 minutes, all measures enabled", every, math.nan))
    scene = replace(_answering(0.8, 30, ((0, 1),)), answers_s=BRIEF_S)
    brief = spread(partial(found_by, scene=scene, enabled=TIMELY, key=FOLLOWING), range(runs))
    found = [left for noticed, left in brief if BRIEF_S[0] < noticed <= BRIEF_S[1] + 60]
    rows.append(("three minutes of q .8, found before 60 s after their end", (len(found), runs), 0.60))
    ended = sum(left <= BRIEF_S[1] + 120 for left in found)
    rows.append(("of these ended within 120 s after them", (ended, len(found)), math.nan))
    room = _in_time(min(runs, ROOMS), _answering(0.4, 15, HALF), INDEX, ("mimicry_index", ()))
    rows.append(("room, half of its pairs at q .4, within 15 minutes", room, 0.80))
    return [(what, f"{k} of {n}", interval(k, n), number(bar, 2)) for what, (k, n), bar in rows]


def _answering(q, minutes, pairs):
    """Smiles at least .8 s apart, whatever they hide of each other, everybody four a minute."""
    answers = tuple((*pair, q, 0.7) for pair in pairs)
    return Gathering(minutes=float(minutes), smiles_min=4.0, uneven=0.0, answers=answers)


def _hiding(q, minutes, pairs):
    """Smiles that begin before the last one has ended do not show: a quarter of all."""
    return Scene(minutes=float(minutes), pairs=pairs, q=q)


def _in_time(runs, scene, enabled, key):
    """In how many of how many meetings of this scene the subject was noticed."""
    noticed = spread(partial(found_by, scene=scene, enabled=enabled, key=key), range(runs))
    return sum(at < np.inf for at, _ in noticed), runs


def report(*, short=False, meetings=None):
    """Return the table."""
    runs = meetings or (2 if short else PLANTED)
    note = f"""Four people, four smiles a minute in bursts, a tenth of them not spotted, answers after .7 s in
addition to own smiles. Where a smile hides the next, a quarter does not show, answers included. Of pairs
`response_timeliness` alone (12 directed pairs) where nothing else is given, of the room `mimicry_index`.
Seeds from 0 to {runs - 1} at most."""
    header = ("what", "found", "95 % interval", "bar")
    return [table("Every look: planted answers", header, _planted(runs), note)]
