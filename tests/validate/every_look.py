"""Meetings that are watched all the time: what evidence finds where there is nothing, and where something is.

Verdicts are read every ten seconds, as often as bets are settled. Null meetings last an hour, with two to
eight people in rooms that mislead; planted ones have four people and four smiles a minute.
"""

import math
from collections import Counter
from dataclasses import replace
from functools import partial

import numpy as np

from edge.measures.standing import ENTER_NOW, Standings
from tests.validate.gatherings import CHANNELS, Gathering
from tests.validate.gatherings import meet as gather
from tests.validate.looks import ALPHA, EVERY, watch, watched
from tests.validate.meetings import CHANNELS as SCENE_CHANNELS
from tests.validate.meetings import Scene, meet
from tests.validate.spread import spread
from tests.validate.tables import interval, number, table

CONTEXTS = ({}, {"turns": True}, {"gaps_min": 3.0}, {"gaze": True})
PAIR, ROOM, CHANGES = 0.10, 0.05, 2.0
"""Bars: meetings with a false pair, with a false room, changes of state an hour and subject."""
TIMELY = frozenset({"response_timeliness"})
INDEX = frozenset({"expression_synchrony", "mimicry_index"})
SOON = ((0.2, 15, 0.60), (0.4, 10, 0.85), (0.8, 5, 0.95))
"""Share of answers, minutes, share of meetings that must find them by then."""
FOLLOWING = ("response_timeliness", (1, 2))
NULLS, PLANTED, ROOMS, WHOLE = 28, 100, 40, 20
"""Hours without coupling (every size in every context); planted meetings, with a room, with all measures."""
NEVER, FIFTH = 1e-9, 5
BRIEF_S = (900.0, 1080.0)
GAZE, TURNING = 3, ", heads turn to the speaker"
HIDING = ", a smile hides the next"
HALF = ((0, 1), (0, 2), (2, 3))


def null(seed):
    """Return (what was above, changes of state, the detector alone at a fifth of its level) in a null hour.

    What was above: [(measure, people)]; changes: the most of any subject; the detector alone: how often.
    """
    people, context = 2 + seed % 7, CONTEXTS[seed % len(CONTEXTS)]
    meeting = gather(Gathering(people=people, minutes=60.0, seed=seed, **context))
    both = (Standings(ALPHA), Standings(NEVER, ENTER_NOW / FIFTH))
    live, easy = watched(meeting, both, channels=CHANNELS)
    above = [(one.name, one.subject) for one in live.spells if one.state == "above"]
    changes = Counter((one.name, one.subject) for one in live.spells)
    alone = sum(one.state == "above" for one in easy.spells)
    return above, 2 * max(changes.values(), default=0), alone


def found_by(seed, scene, enabled, key):
    """Return when the planted subject is noticed and left, s; infinity for never."""
    hidden = isinstance(scene, Scene)
    meeting = (meet if hidden else gather)(replace(scene, seed=seed))
    spells, _ = watch(meeting, enabled, SCENE_CHANNELS if hidden else CHANNELS)
    mine = [one for one in spells if (one.name, one.subject) == key and one.state == "above"]
    return (mine[0].noticed_s, mine[-1].left_s) if mine else (np.inf, np.inf)


def _nulls(seeds):
    """Count the null meetings: one row a bar, those with heads that turn to the speaker apart."""
    seen = dict(zip(seeds, spread(null, seeds), strict=True))
    rows, missed = [], []
    for what, kept in (
        ("", [s for s in seen if s % 4 != GAZE]),
        (TURNING, [s for s in seen if s % 4 == GAZE]),
    ):
        found = [seen[seed] for seed in kept]
        n = len(found)
        pairs = [sum(bool(subject) for _, subject in above) for above, *_ in found]
        rooms = [len(above) - k for (above, *_), k in zip(found, pairs, strict=True)]
        for whom, counts, bar in (("pair or person", pairs, PAIR), ("room", rooms, ROOM)):
            k = sum(count > 0 for count in counts)
            rows.append(
                (f"meetings with a false {whom}{what}", f"{k} of {n}", interval(k, n), number(bar, 2))
            )
            if k / n > bar + 3 * (bar * (1 - bar) / n) ** 0.5:
                missed.append(f"a false {whom}{what} in {k} of {n}")
        for which, count in (
            ("false episodes", sum(pairs) + sum(rooms)),
            (f"the same of the detector alone at 1/{FIFTH} of its level", sum(alone for *_, alone in found)),
        ):
            rows.append(
                (f"{which}{what}, in {n} hours", count, f"{_hours(count, n)} in 8 hours", "1 in 8 hours")
            )
        most = max(changes for _, changes, _ in found)
        rows.append((f"changes of state of a subject in an hour, most{what}", most, "-", f"{CHANGES:g}"))
    named = Counter(name for above, *_ in seen.values() for name, _ in above)
    return rows, missed, ", ".join(f"`{name}` {count}" for name, count in named.most_common())


def _hours(count, hours):
    """Exact 95 % interval of a rate in eight hours, from a count (Garwood 1936)."""
    low = next(mean for mean in np.arange(0, 200, 0.01) if count == 0 or _fewer(count, mean) <= 0.975)
    high = next(mean for mean in np.arange(0, 200, 0.01) if _fewer(count + 1, mean) <= 0.025)
    return f"{8 * low / hours:.2f} to {8 * high / hours:.2f}"


def _fewer(count, mean):
    """Probability of fewer than so many of a Poisson."""
    return sum(np.exp(-mean) * mean**k / math.factorial(k) for k in range(count))


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


def report(*, short=False):
    """Return both tables."""
    nulls, missed, named = _nulls(range(4 if short else NULLS))
    note = f"""People without coupling, an hour each, two to eight of them, on their own, with one floor, with
common gaps, with heads that turn to the speaker; all measures. False episodes: {named or "none"}."""
    planted = _planted(2 if short else PLANTED)
    about = """Four people, four smiles a minute in bursts, a tenth of them not spotted, answers after .7 s in
addition to own smiles. Where a smile hides the next, a quarter does not show, answers included. Of pairs
`response_timeliness` alone (12 directed pairs) where nothing else is given, of the room `mimicry_index`."""
    header = ("what", "found", "95 % interval", "bar")
    return [
        table("Every look: meetings without coupling", header, nulls, note, missed),
        table("Every look: planted answers", header, planted, about, []),
    ]
