"""The bets on answers alone in many meetings without coupling, an hour each, watched every ten seconds.

Movements without signals, through the device's own bets, detectors and correction. The level is
that of pairs of `response_timeliness` on a device, beside all other measures; of others it is lower.
"""

from collections import Counter

import numpy as np

from edge.measures.bets.table import ANSWERS
from edge.measures.standing import ENTER_NOW, Standings
from tests.validate.every_look import CHANGES, FIFTH, NEVER, PAIR, ROOM, hours
from tests.validate.gatherings import CHANNELS, Gathering, movements
from tests.validate.looks import ALPHA, GRID, watched
from tests.validate.simulate import Session
from tests.validate.spread import spread
from tests.validate.tables import interval, number, table

SMILES_MIN = (2.5, 4.0)
KINDS = {
    "`response_timeliness`": frozenset({"response_timeliness"}),
    "all five": frozenset(one.name for one in ANSWERS),
}
SHARES = {"`response_timeliness`": 0.25, "all five": 0.75}
"""Share of the level of pairs that such measures have on a device, those with no weight of their own all."""
MEETINGS = 210
"""Every size and rate, three quarters of them with the first kind, a quarter with the second."""
EVERY = 4


def kind(seed):
    """Return which measures bet in a meeting."""
    return list(KINDS)[seed % EVERY == EVERY - 1]


def null(seed):
    """Return (what was above, most changes of state of a subject, episodes at a fifth of the level)."""
    people = 2 + seed % 7
    asked = Gathering(people=people, minutes=60.0, smiles_min=SMILES_MIN[seed // 7 % 2], seed=seed)
    t_s = np.arange(round(3600 * GRID.rate_hz)) / GRID.rate_hz
    still = np.broadcast_to(0.0, (people, len(CHANNELS), len(t_s)))
    meeting = Session(t_s=t_s, x=still, pose=still[:, :3], events=movements(asked))
    share = SHARES[kind(seed)]
    both = (Standings(share * ALPHA, ENTER_NOW / share), Standings(NEVER, ENTER_NOW / share / FIFTH))
    live, easy = watched(meeting, both, KINDS[kind(seed)], CHANNELS)
    changes = Counter((one.name, one.subject) for one in live.spells)
    above = [one.subject for one in live.spells if one.state == "above"]
    return above, 2 * max(changes.values(), default=0), sum(one.state == "above" for one in easy.spells)


def rows(found, what):
    """Count the meetings of one kind, [(above, changes, easy)]: rows, and what missed."""
    n = len(found)
    made, missed = [], []
    for whom, bar, false in (
        ("pair or person", PAIR, [any(above) for above, *_ in found]),
        ("room", ROOM, [() in above for above, *_ in found]),
    ):
        k = sum(false)
        made.append((f"{what}: meetings with a false {whom}", f"{k} of {n}", interval(k, n), number(bar, 2)))
        if k / n > bar + 3 * (bar * (1 - bar) / n) ** 0.5:
            missed.append(f"{what}: a false {whom} in {k} of {n}")
    for which, count, bar in (
        ("false episodes", sum(len(above) for above, *_ in found), "1 in 8 hours"),
        (f"the detector alone at 1/{FIFTH} of its level", sum(easy for *_, easy in found), "-"),
    ):
        made.append((f"{what}: {which}", f"{count} in {n} hours", f"{hours(count, n)} in 8 hours", bar))
    most = max(changes for _, changes, _ in found)
    made.append((f"{what}: changes of state of a subject in an hour, most", most, "-", f"{CHANGES:g}"))
    return made, missed


def report(*, short=False, meetings=None):
    """Return the table."""
    seeds = range(meetings or (4 if short else MEETINGS))
    return [written(dict(zip(seeds, spread(null, seeds), strict=True)))]


def written(seen):
    """Return the table of what was seen, {seed: what `null` returned}."""
    made, missed = [], []
    for what in KINDS:
        found = [one for seed, one in seen.items() if kind(seed) == what]
        if found:
            lines, wrong = rows(found, what)
            made, missed = made + lines, missed + wrong
    note = f"""Movements of two to eight people without coupling, an hour each,
{SMILES_MIN[0]:g} or {SMILES_MIN[1]:g} smiles a minute in bursts; the bets of `response_timeliness` alone in
three meetings of four, those of all five measures of answers in the others. Seeds 0 to {max(seen)}."""
    return table("Every look: answers alone", ("what", "found", "95 % interval", "bar"), made, note, missed)
