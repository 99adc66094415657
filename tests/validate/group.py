"""The group measure on independent people: its value is 0 within its standard error for every size."""

import numpy as np

from tests.validate.drive import session
from tests.validate.simulate import CHANNELS, Script, simulate
from tests.validate.tables import table


def values(people, runs, minutes=5.0):
    """Debiased rho of independent people, one a run."""
    found = []
    for seed in range(runs):
        one = simulate(Script(people=people, minutes=minutes, pairs=(), seed=1000 * people + seed))
        measures = session(one, CHANNELS, enabled=("group_phase_coherence",))
        found.append(next(m.value for m in measures if m.name == "group_phase_coherence"))
    return np.array(found)


def report(*, short=False):
    """Mean and standard error by size."""
    rows = []
    for people in (3, 5) if short else (3, 4, 5, 6, 7, 8):
        found = values(people, 3 if short else 24)
        error = found.std(ddof=1) / len(found) ** 0.5
        rows.append((people, len(found), f"{found.mean():+.4f}", f"{error:.4f}"))
    return [table("Group: independent people", ("people", "runs", "mean value", "standard error"), rows)]
