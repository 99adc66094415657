"""The same numbers as the peers: values of rMEA, SUSY, multiSyncPy, Granger and PLV beside ours."""

import json

import numpy as np
from scipy import signal

from edge.measures.coupling_loop import granger
from edge.measures.group_phase_coherence import cluster_phase
from tests.validate.data import DYADS, dyad
from tests.validate.tables import table

ORACLE = DYADS / "oracle"


def peers():
    """Read the JSON of multiSyncPy, pyunicorn, Granger and PLV."""
    return json.loads((ORACLE / "peers_multisync_pyunicorn_granger_plv.json").read_text())


def f_statistic(x, y, order=5):
    """F of x -> y from our Granger gain: (e^F - 1) (n - 2p - 1) / p."""
    gain = granger(x[None], y[None], np.ones(len(x)), order)[0][0]
    n = len(x) - order
    return float(np.expm1(gain) * (n - 2 * order - 1) / order)


def granger_rows():
    """Both directions of one real dyad; the peer saw means of 5 of the first 6000 samples (5 Hz)."""
    expected = peers()
    x = dyad("normal/200")[:, :6000].reshape(2, -1, 5).mean(axis=2)
    ours = f_statistic(x[0], x[1]), f_statistic(x[1], x[0])
    wanted = expected["granger_s1_to_s2"][0], expected["granger_s2_to_s1"][0]
    return [("Granger F 1 to 2", ours[0], wanted[0]), ("Granger F 2 to 1", ours[1], wanted[1])]


def phase_rows():
    """Cluster-phase rho of four columns and PLV of two; the peers saw .1-1 Hz phases of 6000 samples."""
    x = np.concatenate((dyad("normal/200"), dyad("normal/201")))[:, :6000]
    sos = signal.butter(2, (0.1, 1.0), btype="bandpass", fs=25.0, output="sos")
    e = np.exp(1j * np.angle(signal.hilbert(signal.sosfiltfilt(sos, x, axis=1), axis=1)))
    plv = float(np.abs((e[0] * np.conj(e[1])).mean()))
    return [
        ("multiSyncPy rho", float(cluster_phase(e)), peers()["group"]["rho"]),
        ("PLV", plv, peers()["plv_200"]),
    ]


def report(*, short=False):
    """Our values, the peers' and the difference."""
    rows = [
        (name, f"{ours:.12f}", f"{theirs:.12f}", f"{abs(ours - theirs):.1e}")
        for name, ours, theirs in (*granger_rows(), *phase_rows())
    ]
    note = "rMEA and SUSY are compared where the correlator is (`tests/native`)."
    return [table("Oracles", ("statistic", "ours", "peer", "difference"), rows, note)]
