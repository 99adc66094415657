"""The same numbers as the peers: their stored outputs on real dyads, and their own code on fresh series.

The stored ones (rMEA and SUSY in R, multiSyncPy, Granger, PLV) lie beside the recordings. statsmodels,
pyunicorn, multiSyncPy and neurokit2 are installed from the package index into an environment of their own
(`.venv-peers`) and compute random series and the real dyads; without them that part is left out.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy import signal

from edge._native.events import responses, triggered
from edge.correlate import fisher, magnitude
from edge.measures.answers import SECOND_NS, Cells
from edge.measures.coupling_loop import granger
from edge.measures.group_phase_coherence import cluster_phase
from edge.measures.verdict import benjamini_hochberg
from tests.native import test_peers as r_tables
from tests.validate.data import DYADS, RATE_HZ, columns, dyad
from tests.validate.tables import table

ORACLE = DYADS / "oracle"
HERE = Path(__file__).parent / "peers"
VENV = Path(__file__).parents[2] / ".venv-peers"
STEP_NS = SECOND_NS // 25
GROUPS = range(2, 9)
LAGS_N = ((0, 25), (5, 25), (3, 100))


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


class Case:
    """One thing both compute: the peer's arguments and our value of the same."""

    def __init__(self, job, given, ours):
        self.job, self.given, self.ours = job, given, np.atleast_1d(np.asarray(ours, float))


def cases(seed=0):
    """Every comparison with a peer's own code: random series, and real ones where the recordings are."""
    rng = np.random.default_rng(seed)
    made = [*_granger_cases(rng), *_ratio_cases(rng), *_discovery_cases(rng), *_event_cases(rng)]
    return [*made, *_group_cases(rng), *_phase_cases(rng)]


def _real(n, count):
    """Up to `count` real columns of n samples; none without the recordings."""
    return [column[:n] for _, _, column in columns()[:count]] if DYADS.exists() else []


def _granger_cases(rng):
    pairs = []
    for n in (200, 600, 1500):
        x, y = rng.standard_normal((2, n))
        y[2:] += 0.4 * x[:-2]
        pairs.append((np.cumsum(x) * 0.1 + x, y))
    real = [one.reshape(-1, 5).mean(axis=1) for one in _real(6000, 12)]
    pairs += list(zip(real[::2], real[1::2], strict=True))
    for x, y in pairs:
        for order in (1, 3, 5):
            yield Case("granger", {"x": x, "y": y, "order": order}, f_statistics(x, y, order))


def _ratio_cases(rng):
    for _ in range(20):
        k1, k0 = (int(k) for k in rng.integers(1, 60, 2))
        T1, T0 = rng.uniform(20.0, 500.0, 2)
        ours = Cells(k1, k0, T1, T0, np.empty(0, np.int64))
        given = {"k1": k1, "T1": T1, "k0": k0, "T0": T0}
        yield Case("rate_ratio", given, (ours.log_irr, ours.variance**0.5))


def _discovery_cases(rng):
    for m in (1, 15, 300):
        p = rng.uniform(size=m) ** 2
        yield Case("false_discovery", {"p": p, "q": 0.1}, benjamini_hochberg(p, 0.1))


def _event_cases(rng):
    pairs = [(rng.random(6000) < a, rng.random(6000) < b) for a, b in ((0.01, 0.01), (0.002, 0.02))]
    real = [one > np.quantile(one, 0.9) for one in _real(6000, 12)]
    rises = [np.concatenate(([False], one[1:] & ~one[:-1])) for one in real]
    pairs += list(zip(rises[::2], rises[1::2], strict=True))
    for x, y in pairs:
        for lag, width in LAGS_N:
            given = {"x": x.astype(int), "y": y.astype(int), "taumax": width, "lag": lag}
            yield Case("coincidences", given, _rates(np.flatnonzero(x), np.flatnonzero(y), lag, width))


def _rates(x, y, lag, width):
    """Return pyunicorn's four rates from our counts: precursors and triggers of x after y, then of y after x.

    The closed interval [lag, lag + width] of samples; events too near to an end, as pyunicorn defines them by
    the first and last event, can have no partner and are left out.
    """
    near = lag + width
    tau_ns, width_ns = lag * STEP_NS - 1, width * STEP_NS + 1

    def after(first, second):
        """Share of the later events that answer one, share of the earlier that are answered."""
        late, early = second > second[0] + near, first < first[-1] - near
        found = responses(first * STEP_NS, second[late] * STEP_NS, tau_ns, width_ns)
        led = triggered(first[early] * STEP_NS, second * STEP_NS, tau_ns, width_ns)
        return np.float32(found) / np.float32(late.sum()), np.float32(led) / np.float32(early.sum())

    return [*after(y, x), *after(x, y)]


def _group_cases(rng):
    for people in GROUPS:
        phases = np.cumsum(rng.normal(0.3, 0.2, (people, 1000)), axis=1)
        yield Case("cluster_phase", {"phases": phases}, cluster_phase(np.exp(1j * phases)))
    real = _real(6000, 8)
    for people in GROUPS if real else ():
        e = band_phases(np.stack(real[:people]))
        yield Case("cluster_phase", {"phases": np.angle(e)}, cluster_phase(e))


def _phase_cases(rng):
    pairs = [tuple(rng.standard_normal((2, 1000)))]
    real = _real(6000, 12)
    pairs += [(a - a.mean(), b - b.mean()) for a, b in zip(real[::2], real[1::2], strict=True)]
    for x, y in pairs:
        u, v = (one / np.abs(one) for one in (signal.hilbert(x), signal.hilbert(y)))
        yield Case("phase_synchrony", {"x": x, "y": y}, 1 - np.abs(u - v) / 2)


def install():
    """Make the peers' environment if it is not there; return its interpreter, or None without an index."""
    python = VENV / "bin" / "python"
    done = VENV / ".done"
    if not done.exists():
        print("installing the peers", file=sys.stderr)
        shutil.rmtree(VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        asked = ["-q", "--disable-pip-version-check", "-r", str(HERE / "requirements.txt")]
        if subprocess.run([python, "-m", "pip", "install", *asked], check=False).returncode:
            return None
        done.touch()
    return python


def fresh(python, made):
    """Let the peers compute the cases; return their values in the same order."""
    names = [f"{case.job}/{k}" for k, case in enumerate(made)]
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder) / "in.npz", Path(folder) / "out.json"
        arrays = {
            f"{name}/{key}": value
            for name, case in zip(names, made, strict=True)
            for key, value in case.given.items()
        }
        np.savez(given, **arrays)
        subprocess.run([python, HERE / "compute.py", given, answer], check=True)
        found = json.loads(answer.read_text())
    return [np.asarray(found[name], float) for name in names]


WHAT = {
    "granger": "statsmodels Granger F, orders 1, 3, 5",
    "rate_ratio": "statsmodels Poisson rate ratio and its error",
    "false_discovery": "statsmodels Benjamini-Hochberg",
    "coincidences": "pyunicorn event coincidence rates (32-bit)",
    "cluster_phase": "multiSyncPy rho, 2 to 8 people",
    "phase_synchrony": "neurokit2 phase synchrony",
}


def fresh_rows(python):
    """One row a kind of comparison: cases, values, the largest difference relative to max(1, |value|)."""
    made = list(cases())
    theirs = fresh(python, made)
    rows = []
    for job, words in WHAT.items():
        mine = [(c.ours, t) for c, t in zip(made, theirs, strict=True) if c.job == job]
        far = max(float(np.max(np.abs(a - b) / np.maximum(1.0, np.abs(b)))) for a, b in mine)
        rows.append((words, len(mine), sum(len(b) for _, b in mine), f"{far:.1e}"))
    return rows


def report(*, short=False):
    """Our values, the peers' and the difference; the peers' own code unless short."""
    tables = []
    if DYADS.exists():
        rows = [
            (name, f"{ours:.12f}", f"{theirs:.12f}", f"{abs(ours - theirs):.1e}")
            for name, ours, theirs in (*granger_rows(), *phase_rows())
        ]
        tables.append(table("Oracles: stored values", ("statistic", "ours", "peer", "difference"), rows))
        rows = [(name, count, f"{far:.1e}") for name, count, far in r_rows()]
        header = ("table", "values", "largest difference")
        tables.append(table("Oracles: stored tables of the R packages", header, rows))
    python = None if short else install()
    if python is not None:
        header = ("peer and statistic", "series", "values", "largest difference")
        note = "Random series and the real dyads; the peers run in an environment of their own."
        tables.append(table("Oracles: the peers' own code", header, fresh_rows(python), note))
    return tables
