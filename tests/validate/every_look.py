"""Meetings without coupling that are watched all the time, an hour each, in rooms that mislead.

Verdicts are read every ten seconds, as often as bets are settled.
"""

import math
from collections import Counter

import numpy as np

from edge.measures.standing import ENTER_NOW, Standings
from tests.validate.gatherings import CHANNELS, Gathering, meet
from tests.validate.looks import ALPHA, watched
from tests.validate.spread import spread
from tests.validate.tables import interval, number, table

CONTEXTS = ({}, {"turns": True}, {"gaps_min": 3.0}, {"gaze": True})
PAIR, ROOM, CHANGES = 0.10, 0.05, 2.0
"""Bars: meetings with a false pair, with a false room, changes of state an hour and subject."""
HOURS = 28
"""Every size in every context."""
NEVER, FIFTH = 1e-9, 5
GAZE, TURNING = 3, ", heads turn to the speaker"


def null(seed):
    """Return (what was above, changes of state, the detector alone at a fifth of its level) in a null hour.

    What was above: [(measure, people)]; changes: the most of any subject; the detector alone: how often.
    """
    people, context = 2 + seed % 7, CONTEXTS[seed % len(CONTEXTS)]
    meeting = meet(Gathering(people=people, minutes=60.0, seed=seed, **context))
    both = (Standings(ALPHA), Standings(NEVER, ENTER_NOW / FIFTH))
    live, easy = watched(meeting, both, channels=CHANNELS)
    above = [(one.name, one.subject) for one in live.spells if one.state == "above"]
    changes = Counter((one.name, one.subject) for one in live.spells)
    alone = sum(one.state == "above" for one in easy.spells)
    return above, 2 * max(changes.values(), default=0), alone


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
        if not n:
            continue
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
                (f"{which}{what}, in {n} hours", count, f"{hours(count, n)} in 8 hours", "1 in 8 hours")
            )
        most = max(changes for _, changes, _ in found)
        rows.append((f"changes of state of a subject in an hour, most{what}", most, "-", f"{CHANGES:g}"))
    named = Counter(name for above, *_ in seen.values() for name, _ in above)
    return rows, missed, ", ".join(f"`{name}` {count}" for name, count in named.most_common())


def hours(count, hours):
    """Exact 95 % interval of a rate in eight hours, from a count (Garwood 1936)."""
    low = next(mean for mean in np.arange(0, 200, 0.01) if count == 0 or _fewer(count, mean) <= 0.975)
    high = next(mean for mean in np.arange(0, 200, 0.01) if _fewer(count + 1, mean) <= 0.025)
    return f"{8 * low / hours:.2f} to {8 * high / hours:.2f}"


def _fewer(count, mean):
    """Probability of fewer than so many of a Poisson."""
    return sum(np.exp(-mean) * mean**k / math.factorial(k) for k in range(count))


def report(*, short=False, meetings=None):
    """Return the table."""
    hours = meetings or (4 if short else HOURS)
    nulls, missed, named = _nulls(range(hours))
    note = f"""People without coupling, an hour each, two to eight of them, on their own, with one floor, with
common gaps, with heads that turn to the speaker; all measures; seeds 0 to {hours - 1}. False episodes:
{named or "none"}."""
    header = ("what", "found", "95 % interval", "bar")
    return [table("Every look: meetings without coupling", header, nulls, note, missed)]
