"""The same numbers as the peers' own code on fresh series: statsmodels, pyunicorn, multiSyncPy, neurokit2.

They are installed from the package index into an environment of their own (`.venv-peers`) and compute random
series and the real dyads; a peer that cannot be installed is named and left out.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from scipy import signal

from edge._native.events import responses, triggered
from edge.measures.answers import HALF, SECOND_NS, Cells
from edge.measures.correction import benjamini_hochberg
from edge.measures.group_phase_coherence import cluster_phase
from tests.validate.data import DYADS, columns
from tests.validate.oracles import BAR, band_phases, f_statistics
from tests.validate.tables import table

HERE = Path(__file__).parent / "peers"
VENV = Path(__file__).parents[2] / ".venv-peers"
PYTHON = VENV / "bin" / "python"
STEP_NS = SECOND_NS // 25
GROUPS = range(2, 9)
LAGS_N = ((0, 25), (5, 25), (3, 100))
WHAT = {
    "granger": "statsmodels Granger F, orders 1, 3, 5",
    "rate_ratio": "statsmodels Poisson rate ratio and its error",
    "false_discovery": "statsmodels Benjamini-Hochberg",
    "coincidences": "pyunicorn event coincidence rates (32-bit)",
    "cluster_phase": "multiSyncPy rho, 2 to 8 people",
    "phase_synchrony": "neurokit2 phase synchrony",
}
"""What is compared, by job; the first word is the peer."""


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
        given = {"k1": k1 + HALF, "T1": T1, "k0": k0 + HALF, "T0": T0}
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


def values(made):
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
        subprocess.run([PYTHON, HERE / "compute.py", given, answer], check=True)
        found = json.loads(answer.read_text())
    return [np.asarray(found[name], float) for name in names]


def install():
    """Make the peers' environment and bring in what is missing of the peers, as far as there is an index."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    for line in (HERE / "requirements.txt").read_text().splitlines():
        if line[0] != "#" and line.split("=")[0].rstrip(">") not in present():
            asked = ["-m", "pip", "install", "-q", "--disable-pip-version-check", line]
            subprocess.run([PYTHON, *asked], check=False)


def present():
    """Return the peers that are in their environment."""
    probe = "import sys; from importlib.util import find_spec; print(*filter(find_spec, sys.argv[1:]))"
    names = sorted({words.split()[0] for words in WHAT.values()})
    said = subprocess.run([PYTHON, "-c", probe, *names], check=True, capture_output=True, text=True).stdout
    return set(said.split())


def rows(peers):
    """One row a kind of comparison: cases, values, the largest difference relative to max(1, |value|)."""
    made = [case for case in cases() if WHAT[case.job].split()[0] in peers]
    theirs = values(made)
    found = []
    for job, words in WHAT.items():
        mine = [(c.ours, t) for c, t in zip(made, theirs, strict=True) if c.job == job]
        if mine:
            far = max(float(np.max(np.abs(a - b) / np.maximum(1.0, np.abs(b)))) for a, b in mine)
            found.append((words, len(mine), sum(len(b) for _, b in mine), far))
    return found


def report(*, short=False):
    """Return the peers' own values beside ours; nothing without any peer, or when short."""
    if not short:
        install()
    peers = set() if short else present()
    left_out = sorted({words.split()[0] for words in WHAT.values()} - peers)
    if left_out:
        print(f"peers: skipped {', '.join(left_out)}", file=sys.stderr)
    if not peers:
        return []
    found = rows(peers)
    return [
        table(
            "Oracles: the peers' own code",
            ("peer and statistic", "series", "values", "largest difference"),
            [(*row, f"{far:.1e}") for *row, far in found],
            "Random series and the real dyads; the peers run in an environment of their own."
            + (f" Not installed: {', '.join(left_out)}." if left_out else ""),
            [words for words, *_, far in found if not far <= BAR],
        )
    ]
