"""Processor seconds of multiSyncPy on dyads: `python dyads.py FILE...`, prints JSON."""

import json
import sys
import time

import numpy as np
from multiSyncPy.synchrony_metrics import coherence_team, sum_normalized_csd, symbolic_entropy

METRICS = {
    "symbolic entropy": symbolic_entropy,
    "coherence of the team": coherence_team,
    "cross-spectral density": sum_normalized_csd,
}


def seconds(metric, dyads):
    """Return the processor time of one metric on all dyads, s."""
    start_s = time.process_time()
    for dyad in dyads:
        metric(dyad)
    return time.process_time() - start_s


dyads = [np.loadtxt(path, skiprows=1).T for path in sys.argv[1:]]
json.dump({name: seconds(metric, dyads) for name, metric in METRICS.items()}, sys.stdout)
