"""Meetings that are watched all the time: what evidence finds where there is nothing, and where something is.

Verdicts are read every ten seconds, as often as bets are settled. Null meetings last an hour, with two to
eight people in rooms that mislead; planted ones have four people and four smiles a minute.
"""

from functools import partial

import numpy as np

from tests.validate.gatherings import CHANNELS, Gathering
from tests.validate.gatherings import meet as gather
from tests.validate.looks import watch
from tests.validate.meetings import Scene, meet
from tests.validate.spread import spread
from tests.validate.tables import number, table

CONTEXTS = ({}, {"turns": True}, {"gaps_min": 3.0}, {"gaze": True})
PAIR, ROOM, CHANGES = 0.10, 0.05, 2.0
"""Bars: meetings with a false pair, with a false room, changes of state an hour and subject."""
TIMELY = frozenset({"response_timeliness"})
INDEX = frozenset({"expression_synchrony", "mimicry_index"})
SOON = ((0.2, 15, 0.60), (0.4, 10, 0.85), (0.8, 5, 0.95))
"""Share of answers, minutes, share of meetings that must find them by then."""
BRIEF_S = (900.0, 1080.0)
HALF = ((0, 1), (0, 2), (2, 3))


def null(seed):
    """Return how often pairs and the room were above in an hour of people without coupling."""
    people, context = 2 + seed % 7, CONTEXTS[seed // 7 % len(CONTEXTS)]
    spells, evidence = watch(
        gather(Gathering(people=people, minutes=60.0, seed=seed, **context)), channels=CHANNELS
    )
    above = [one for one in spells if one.state == "above"]
    rooms = sum(not one.subject for one in above)
    changes = [2 * sum(s.name == name and s.subject == whom for s in spells) for name, whom in evidence]
    return len(above) - rooms, rooms, max(changes)


def found_by(seed, scene, enabled, key):
    """Return when the planted subject is noticed and left, s; infinity for never."""
    spells, _ = watch(meet(Scene(seed=seed, **scene)), enabled)
    mine = [one for one in spells if (one.name, one.subject) == key and one.state == "above"]
    return (mine[0].noticed_s, mine[-1].left_s) if mine else (np.inf, np.inf)


def _interval(k, n):
    """95 % interval of a share (Wilson 1927)."""
    z, share = 1.96, k / n
    middle, half = share + z * z / 2 / n, z * np.sqrt(share * (1 - share) / n + z * z / 4 / n**2)
    return f"{(middle - half) / (1 + z * z / n):.2f} to {(middle + half) / (1 + z * z / n):.2f}"


def _nulls(runs):
    """Count the null meetings: one row a bar."""
    seen = np.array(spread(null, range(runs)))
    rows, missed = [], []
    for what, count, bar in (("pair", seen[:, 0], PAIR), ("room", seen[:, 1], ROOM)):
        k = int((count > 0).sum())
        rows.append((f"meetings with a false {what}", f"{k} of {runs}", _interval(k, runs), number(bar, 2)))
        if k / runs > bar + 3 * (bar * (1 - bar) / runs) ** 0.5:
            missed.append(f"a false {what} in {k} of {runs}")
    each = 8 * (seen[:, 0] + seen[:, 1]).mean()
    rows.append(("false episodes in eight hours", number(each, 2), "-", "1"))
    rows.append(("changes of state of a subject in an hour, most", f"{seen[:, 2].max():.0f}", "-", "2"))
    return rows, missed


def _planted(runs):
    """Count the planted meetings: one row a scene."""
    following = ("response_timeliness", (1, 2))
    rows = []
    for q, minutes, bar in SOON:
        scene = {"minutes": float(minutes), "pairs": ((0, 1),), "q": q}
        noticed = spread(partial(found_by, scene=scene, enabled=TIMELY, key=following), range(runs))
        rows.append((f"q {q:g} within {minutes} minutes", sum(at < np.inf for at, _ in noticed), bar))
    scene = {"minutes": 30.0, "pairs": ((0, 1),), "q": 0.8, "from_s": BRIEF_S[0], "until_s": BRIEF_S[1]}
    brief = spread(partial(found_by, scene=scene, enabled=TIMELY, key=following), range(runs))
    rows.append(("three minutes of q .8", sum(BRIEF_S[0] < at <= BRIEF_S[1] + 60 for at, _ in brief), 0.60))
    scene = {"minutes": 15.0, "pairs": HALF, "q": 0.4}
    room = spread(partial(found_by, scene=scene, enabled=INDEX, key=("mimicry_index", ())), range(runs))
    rows.append(("room, half of its pairs at q .4", sum(at < np.inf for at, _ in room), 0.80))
    return [(what, f"{k} of {runs}", _interval(k, runs), number(bar, 2)) for what, k, bar in rows]


def report(*, short=False):
    """Return both tables."""
    nulls, missed = _nulls(2 if short else 60)
    note = """People without coupling, an hour each, two to eight of them, on their own, with one floor, with
common gaps, with heads that turn to the speaker; all measures."""
    planted = _planted(2 if short else 60)
    about = """Four people, four smiles a minute in bursts, a tenth of them not spotted, answers after .7 s.
Of pairs `response_timeliness` alone (12 directed pairs), of the room `mimicry_index`."""
    header = ("what", "found", "95 % interval", "bar")
    return [
        table("Every look: meetings without coupling", header, nulls, note, missed),
        table("Every look: planted answers", header, planted, about, []),
    ]
