"""Recordings looked at once, of people who have nothing to do with each other, in rooms that mislead.

Every context holds no coupling. What is counted: small p of each measure and level, meetings with any false
verdict, the room's index.
"""

from collections import defaultdict
from functools import partial

import numpy as np

from tests.validate.drive import on_grid
from tests.validate.gatherings import CHANNELS, Gathering, meet
from tests.validate.spread import spread
from tests.validate.tables import interval, table

CONTEXTS = {
    "independent": {},
    "3 minutes": {"minutes": 3.1},
    "20 minutes": {"minutes": 20.0},
    "one floor": {"turns": True},
    "heads to the speaker": {"gaze": True},
    "common gaps": {"gaps_min": 3.0},
    "own gaps": {"gaps_min": 3.0, "gaps_common": False},
    "exposure": {"exposure_min": 2.0},
    "shake": {"shake_min": 2.0},
    "flicker": {"flicker_hz": 0.7},
}
ALPHA, BARS = 0.05, (0.03, 0.065)
ABOVE, AWAY, FLICKER = 0.10, 0.15, 0.2
INDEX = {"common gaps": 0.05, "one floor": 0.07}
LEVELS = {2: "pair", 1: "person", 0: "room"}
Z = 3.0  # standard errors that a share may lie beyond its bar: some hundred shares are looked at


def seen(seed, settings):
    """Every (name, level, p, state, value) of one meeting of four."""
    measures = on_grid(meet(Gathering(seed=seed, **settings)), CHANNELS)
    return [
        (one.name, len(one.subject), one.p, one.state, one.value)
        for one in measures
        if one.name != "expressivity_calibration"
    ]


def _context(name, runs):
    """Count one context: a row, and what missed."""
    meetings = spread(partial(seen, settings=CONTEXTS[name]), range(runs))
    aboves = sum(any(one[3] == "above" for one in rows) for rows in meetings)
    aways = sum(any(one[3] in {"above", "below"} for one in rows) for rows in meetings)
    above, away = aboves / runs, aways / runs
    index = [one[4] for rows in meetings for one in rows if one[0] == "mimicry_index" and one[4] is not None]
    small = defaultdict(list)
    for rows in meetings:
        for measure, level, p, *_ in rows:
            if p is not None:
                small[measure, level].append(p <= ALPHA)
    wide = [words for key, those in sorted(small.items()) if (words := _outside(key, those))]
    missed = [f"{name}: {words}" for words in wide]
    limit = FLICKER if name in {"flicker", "shake"} else ABOVE
    error = Z * (limit * (1 - limit) / runs) ** 0.5
    if above > limit + error or away > max(limit, AWAY) + error:
        missed.append(f"{name}: any above {above:.2f}, any away {away:.2f}")
    spread_of = np.std(index) / max(1, len(index)) ** 0.5
    if name in INDEX and abs(np.mean(index) - 0.5) > INDEX[name] + Z * spread_of:
        missed.append(f"{name}: index {np.mean(index):.3f}")
    placed = f"{np.mean(index):.3f} +- {spread_of:.3f}" if index else "-"
    cells = (_share(aboves, runs), _share(aways, runs))
    return (name, runs, *cells, placed, "; ".join(wide) or "-"), missed


def _share(k, n):
    """Write a count with its exact interval."""
    return f"{k} ({interval(k, n)})"


def _outside(key, those):
    """Say that a share of small p lies beyond its bars, if it does."""
    name, level = key
    error = Z * (ALPHA * (1 - ALPHA) / len(those)) ** 0.5
    share = np.mean(those)
    if BARS[0] - error <= share <= BARS[1] + error:
        return ""
    return f"`{name}` of a {LEVELS[level]} {share:.3f} of {len(those)}"


def report(*, short=False, meetings=None):
    """One row a context."""
    contexts = ("independent", "common gaps") if short else CONTEXTS
    runs = meetings or (4 if short else 200)
    found = [_context(name, runs) for name in contexts]
    header = ("context", "meetings", "any above", "any away", "index", "p <= .05 beyond its bars")
    note = f"""Four people, ten minutes where nothing else is given, all measures, nobody coupled. Bars:
p <= .05 in {BARS[0]:g} to {BARS[1]:g} for every measure and level, any `above` in at most {ABOVE:g} of the
meetings and any verdict away from chance in {AWAY:g} ({FLICKER:g} with flicker or shake), index .5; all of
them plus {Z:g} standard errors of so many meetings. In brackets exact 95 % intervals;
seeds 0 to {runs - 1}."""
    return [
        table(
            "False positives: one look at meetings without coupling",
            header,
            [row for row, _ in found],
            note,
            [words for _, missed in found for words in missed],
        )
    ]
