"""What the peers compute: `python compute.py IN.npz OUT.json`, run in the environment of the peers.

Imports nothing of the package. Every array of the input is named `<job>/<case>/<argument>`; the output holds
one list of numbers for every `<job>/<case>`.
"""

import json
import sys
import warnings
from collections import defaultdict

import numpy as np


def granger(x, y, order):
    """F of x -> y and y -> x of an ordinary least-squares VAR (statsmodels; columns: effect, cause)."""
    from statsmodels.tsa.stattools import grangercausalitytests  # noqa: PLC0415

    found = []
    for cause, effect in ((x, y), (y, x)):
        tests = grangercausalitytests(np.stack((effect, cause), axis=1), [int(order)])
        found.append(tests[int(order)][0]["ssr_ftest"][0])
    return found


def rate_ratio(k1, T1, k0, T0):
    """Log rate ratio and its standard error by a Poisson model with exposure (statsmodels)."""
    import statsmodels.api as sm  # noqa: PLC0415

    model = sm.GLM(
        np.array([k1, k0], float),
        np.array([[1.0, 1.0], [1.0, 0.0]]),
        family=sm.families.Poisson(),
        exposure=np.array([T1, T0], float),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two counts and two parameters fit without a rest
        fit = model.fit(tol=1e-15, maxiter=200)
    return [fit.params[1], fit.bse[1]]


def false_discovery(p, q):
    """Whether each p is rejected (statsmodels, Benjamini-Hochberg)."""
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415

    return multipletests(p, alpha=float(q), method="fdr_bh")[0].astype(float)


def coincidences(x, y, taumax, lag):
    """Precursor and trigger counts x after y, then y after x (pyunicorn, whose rates are 32-bit floats)."""
    from pyunicorn.eventseries import EventSeries  # noqa: PLC0415

    rates = EventSeries.event_coincidence_analysis(x, y, taumax=int(taumax), lag=int(lag))
    return [float(rate) for rate in rates]


def cluster_phase(phases):
    """Return rho of the group (multiSyncPy)."""
    from multiSyncPy.synchrony_metrics import rho  # noqa: PLC0415

    return [rho(phases)[1]]


def phase_synchrony(x, y):
    """1 - sin(|difference of the Hilbert phases| / 2) at every sample (neurokit2)."""
    from neurokit2 import signal_synchrony  # noqa: PLC0415

    return signal_synchrony(x, y, method="hilbert")


JOBS = {
    "granger": granger,
    "rate_ratio": rate_ratio,
    "false_discovery": false_discovery,
    "coincidences": coincidences,
    "cluster_phase": cluster_phase,
    "phase_synchrony": phase_synchrony,
}


def main():
    """Compute every case of the input."""
    cases = defaultdict(dict)
    with np.load(sys.argv[1]) as arrays:
        for name, value in arrays.items():
            job, case, argument = name.split("/")
            cases[job, case][argument] = value
    found = {f"{job}/{case}": np.asarray(JOBS[job](**given)).tolist() for (job, case), given in cases.items()}
    with open(sys.argv[2], "w", encoding="utf-8") as out:  # noqa: PTH123
        json.dump(found, out)


main()
