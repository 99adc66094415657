"""The same numbers as the peers stored on real dyads: rMEA and SUSY in R, multiSyncPy, Granger, PLV."""

import json

import numpy as np
from scipy import signal

from edge.measures.coupling_loop import granger
from edge.measures.group_phase_coherence import cluster_phase
from edge.windows import fisher, magnitude
from tests.native import test_peers as r_tables
from tests.validate.data import DYADS, RATE_HZ, dyad
from tests.validate.tables import table

ORACLE = DYADS / "oracle"
BAR = 1e-9


def stored():
    """Read the JSON of multiSyncPy, pyunicorn, Granger and PLV."""
    return json.loads((ORACLE / "peers_multisync_pyunicorn_granger_plv.json").read_text())


def f_statistics(x, y, order=5):
    """F of x -> y and y -> x from our Granger gains: (e^F - 1) (n - 2p - 1) / p."""
    n = len(x) - order
    gains = granger(x[None], y[None], np.ones(len(x)), order)[:2]
    return [float(np.expm1(gain[0]) * (n - 2 * order - 1) / order) for gain in gains]


def band_phases(x):
    """Return unit phases at .1-1 Hz of real columns [N, T] at 25 Hz, as the peers saw them."""
    sos = signal.butter(2, (0.1, 1.0), btype="bandpass", fs=RATE_HZ, output="sos")
    return np.exp(1j * np.angle(signal.hilbert(signal.sosfiltfilt(sos, x, axis=1), axis=1)))


def granger_rows():
    """Both directions of one real dyad; the peer saw means of 5 of the first 6000 samples (5 Hz)."""
    expected = stored()
    ours = f_statistics(*dyad("normal/200")[:, :6000].reshape(2, -1, 5).mean(axis=2))
    wanted = expected["granger_s1_to_s2"][0], expected["granger_s2_to_s1"][0]
    return [("Granger F 1 to 2", ours[0], wanted[0]), ("Granger F 2 to 1", ours[1], wanted[1])]


def phase_rows():
    """Cluster-phase rho of four columns and PLV of two; the peers saw .1-1 Hz phases of 6000 samples."""
    e = band_phases(np.concatenate((dyad("normal/200"), dyad("normal/201")))[:, :6000])
    plv = float(np.abs((e[0] * np.conj(e[1])).mean()))
    return [
        ("multiSyncPy rho", float(cluster_phase(e)), stored()["group"]["rho"]),
        ("PLV", plv, stored()["plv_200"]),
    ]


def r_rows():
    """Count the values of the R packages' own tables over six dyads, and find the largest difference."""
    return [
        ("rMEA: windows, lag profile, absolute Fisher z", *_largest(_rmea())),
        ("SUSY: real and pseudo Z, their spread, ES", *_largest(_susy())),
    ]


def _rmea():
    """Yield our values and rMEA's, raw data."""
    columns = ["lag_zero", "s1_lead", "s2_lead", "all_lags"]
    for name in r_tables.NAMES:
        windows = r_tables.rmea(*r_tables.dyad(name), 2, 10, 5)
        rows = r_tables.table("rmea_raw_lag2_win10_inc5_r_windows.csv", dyad=name)
        yield r_tables.leads(windows), r_tables.numbers(rows, columns)
        (profile,) = r_tables.table("rmea_raw_lag2_win10_inc5_r_lagprofile.csv", dyad=name)
        lags = [key for key in profile if key.startswith("lag")]
        yield windows.r.mean(axis=0), r_tables.numbers([profile], lags)[0]
        for lag_s, win_s, inc_s in ((5, 60, 30), (2, 7, 4)):
            z = magnitude(fisher(r_tables.rmea(*r_tables.dyad(name), lag_s, win_s, inc_s)))
            where = {"file": f"{name}_01.txt", "pre": "raw", "lag": lag_s, "win": win_s}
            row = r_tables.table("rmea_1.3.0_meaccf_summary.csv", **where)
            ours = [*np.nanmean(r_tables.leads(z), axis=0)[:3], np.nanmean(z.r)]
            yield ours, r_tables.numbers(row, [*columns[:3], "grandAver"])[0]


def _susy():
    """Yield our values and SUSY's: segments of 30 s, lags of 5 s."""
    columns = ["Z", "Z-Pseudo", "SD(Z)", "SD(Z-Pseudo)", "ES", "Z(noAbs)", "Z(Pseudo-noAbs)"]
    for name in r_tables.NAMES:
        z = r_tables.susy(*r_tables.dyad(name), 750, 125)
        same = np.eye(len(z), dtype=bool)
        real, pseudo = np.abs(z[same]).mean(axis=0), np.abs(z[~same]).mean(axis=0)
        spread = pseudo.std(ddof=1)
        es = (real.mean() - pseudo.mean()) / spread
        signed = z[same].mean(), z[~same].mean()
        ours = [real.mean(), pseudo.mean(), real.std(ddof=1), spread, es, *signed]
        row = r_tables.table("susy_seg30_hz25_maxlag5.csv", dyad=name)
        yield ours, r_tables.numbers(row, columns)[0]


def _largest(pairs):
    """Count the values of all pairs (ours, theirs) and find the largest difference."""
    differences = np.concatenate([np.abs(np.asarray(a) - np.asarray(b)).ravel() for a, b in pairs])
    return len(differences), float(np.nanmax(differences))


def report(*, short=False):
    """Compare ours with what the peers stored."""
    stored_rows = [(*row, abs(row[1] - row[2])) for row in (*granger_rows(), *phase_rows())]
    rows = [(name, f"{ours:.12f}", f"{theirs:.12f}", f"{far:.1e}") for name, ours, theirs, far in stored_rows]
    whole = r_rows()
    return [
        table(
            "Oracles: stored values",
            ("statistic", "ours", "peer", "difference"),
            rows,
            missed=[name for name, *_, far in stored_rows if far > BAR],
        ),
        table(
            "Oracles: stored tables of the R packages",
            ("table", "values", "largest difference"),
            [(name, count, f"{far:.1e}") for name, count, far in whole],
            missed=[name for name, _, far in whole if far > BAR],
        ),
    ]
