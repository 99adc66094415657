"""The group measure on independent people: 0 within its standard error for every size, calibrated."""

from functools import partial

import numpy as np

from tests.validate.drive import at_once
from tests.validate.false_positives import SMALL
from tests.validate.simulate import CHANNELS, Script, simulate
from tests.validate.spread import spread
from tests.validate.tables import table

NAME = "group_phase_coherence"
ALPHA = 0.05
FAR_SE = 3.0  # of six sizes one lies beyond twice its error every fourth time


def value(seed, people, minutes=5.0):
    """Debiased rho of independent people and its p."""
    one = simulate(Script(people=people, minutes=minutes, pairs=(), seed=1000 * people + seed))
    return next((m.value, m.p) for m in at_once(one, CHANNELS, enabled=(NAME,)) if m.name == NAME)


def report(*, short=False):
    """Mean, standard error and false positives by size."""
    rows, missed, spoke = [], [], 0
    for people in (3, 5) if short else (3, 4, 5, 6, 7, 8):
        found, p = np.array(spread(partial(value, people=people), range(10 if short else 200))).T
        error = found.std(ddof=1) / len(found) ** 0.5
        spoke += int((p <= ALPHA).sum())
        rows.append((people, len(found), f"{found.mean():+.4f}", f"{error:.4f}", (p <= ALPHA).sum()))
        if abs(found.mean()) > FAR_SE * error:
            missed.append(f"{people} people are {found.mean() / error:+.1f} standard errors from 0")
    runs = sum(row[1] for row in rows)
    if spoke > SMALL * runs:
        missed.append(f"p <= .05 in {spoke} of {runs} runs")
    header = ("people", "runs", "mean value", "standard error", "p <= .05")
    note = f"Sessions of five minutes; p <= .05 in {spoke} of {runs} runs (bar {SMALL:g})."
    return [table("Group: independent people", header, rows, note, missed)]
