"""Who follows whom at what lag: how often the interval holds the true delay, who is named, who is direct.

Meetings of ten minutes with four smiles a minute. The lag of synchrony is that of the movements, so the
median delay that was planted is the truth.
"""

from functools import partial

import numpy as np

from tests.validate.drive import GRID, at_once, on_grid
from tests.validate.gatherings import CHANNELS, Gathering, meet
from tests.validate.spread import spread
from tests.validate.tables import interval, number, table

LAGS = tuple((q, delay_s) for q in (0.4, 0.8) for delay_s in (0.3, 0.7, 1.5))
CHAIN, STAR = ((0, 1), (1, 2)), ((0, 1), (0, 2))
"""Leader and follower of each: 3 follows 1 through 2; 2 and 3 both follow 1."""
NAMES = ((0.7, CHAIN), (0.9, CHAIN), (0.7, STAR))
ALPHA, COVERS, WRONG, INDIRECT = 0.05, (0.90, 0.98), 0.02, 0.10


def lag(seed, q, delay_s):
    """Return whether p is small, its interval holds the delay, its width, who is named: 1 right, -1 wrong."""
    meeting = Gathering(
        people=2, smiles_min=4.0, uneven=0.0, answers=((seed % 2, 1 - seed % 2, q, delay_s),), seed=seed
    )
    grid = GRID.__class__(channels=("AU12",))
    found = on_grid(meet(meeting), CHANNELS, enabled=("expression_synchrony",), grid=grid)
    one = next(one for one in found if one.subject == (1, 2))
    sign = 1 if seed % 2 == 0 else -1
    low_s, high_s = sorted(sign * one.extra[name] for name in ("lag_low_s", "lag_high_s"))
    return one.p <= ALPHA, low_s <= delay_s <= high_s, high_s - low_s, sign * one.extra["leads"]


def direct(seed, q, pairs):
    """Return p and p given the others of 1 -> 2, 2 -> 3 and 1 -> 3."""
    answers = tuple((*pair, q, 0.7) for pair in pairs)
    meeting = Gathering(smiles_min=4.0, uneven=0.0, answers=answers, seed=seed)
    found = at_once(meet(meeting), CHANNELS, enabled=("response_timeliness",))
    by = {one.subject: one for one in found}
    return [(by[pair].p, by[pair].extra["p_direct"]) for pair in ((1, 2), (2, 3), (1, 3))]


def _lags(runs):
    """One row a scene, and what missed."""
    rows, held, wrong = [], [], []
    for q, delay_s in LAGS:
        found = np.array(spread(partial(lag, q=q, delay_s=delay_s), range(runs)), dtype=float)
        above, holds, width, named = found[found[:, 0] > 0].T
        held += list(holds)
        wrong += list(named < 0)
        shares = (number(share, 2) for share in (holds.mean(), np.median(width), (named > 0).mean()))
        rows.append((f"{q:g}", f"{delay_s:g}", f"{len(above)} of {runs}", *shares, int((named < 0).sum())))
    covered, k = np.mean(held), int(np.sum(wrong))
    rows.append(("all", "", len(held), number(covered, 2), "", "", f"{k} ({interval(k, len(wrong))})"))
    missed = [f"the interval holds the delay in {covered:.2f}"] if not _within(covered, len(held)) else []
    return rows, missed + ([f"wrong leader in {k} of {len(wrong)}"] if k / len(wrong) > WRONG else [])


def _within(share, n):
    """Whether a share lies within its bars and two standard errors of so many."""
    return all(
        s * (share - bar) >= -2 * (bar * (1 - bar) / n) ** 0.5 for s, bar in zip((1, -1), COVERS, strict=True)
    )


def _directs(runs):
    """One row a scene, and what missed."""
    rows, missed = [], []
    for q, pairs in NAMES:
        small = np.array(spread(partial(direct, q=q, pairs=pairs), range(runs))) <= ALPHA
        cells = [f"{small[:, k, 0].mean():.2f}, {small[:, k, 1].mean():.2f}" for k in range(3)]
        what = "1 to 2 to 3" if pairs == CHAIN else "1 to 2, 1 to 3"
        rows.append((f"{what}, q {q:g}", runs, *cells))
        if pairs == CHAIN and small[:, 2, 1].mean() > INDIRECT:
            missed.append(f"an indirect pair is named as direct in {small[:, 2, 1].mean():.2f}")
    return rows, missed


def report(*, short=False):
    """Return the table of lags and that of direct and indirect pairs."""
    lags, missed = _lags(6 if short else 60)
    directs, mixed = _directs(4 if short else 60)
    note = f"""Two people, one answers the other with probability q. Counted are the meetings with p <= .05.
Bars: the 95 % interval holds the delay in {COVERS[0]:g} to {COVERS[1]:g}, wrong leader at most {WRONG:g}."""
    header = ("q", "delay, s", "p <= .05", "interval holds it", "median width, s", "leader named", "wrongly")
    about = f"""Four people, `response_timeliness`: share with p <= .05, and with `p_direct` <= .05. Where 3
follows 1 only through 2, 1 to 3 may be direct in at most {INDIRECT:g}."""
    names = ("who answers whom", "meetings", "1 to 2", "2 to 3", "1 to 3")
    return [
        table("Lags: interval and leader", header, lags, note, missed),
        table("Direct and indirect pairs: p, p_direct", names, directs, about, mixed),
    ]
