"""Time for the same work beside R: what rMEA and SUSY compute, made of the calls that they make."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from edge.study import Dyad, Lengths, study
from edge.windows import correlate
from tests.native import test_peers as r_tables
from tests.validate.data import DYADS
from tests.validate.fresh import PYTHON
from tests.validate.tables import table

R_SCRIPT = Path(__file__).parent / "peers" / "windows.R"
METRICS = Path(__file__).parent / "peers" / "dyads.py"
WINDOWS = {"rate_hz": 25, "window_s": 30, "max_lag_s": 5, "hop_s": 10}
DYADS_N, DRAWS = 100, 99
PART_H = 1 / 6  # length of the recordings: ten minutes
NOTE = (
    "Processor seconds for an hour of one pair at 25 Hz, mean of six ten-minute recordings. The R packages "
    "are on CRAN only; their column is R making the calls they make (one C-level `cor` a window and lag, one "
    "`ccf` a pairing) without the rest of them: a lower bound."
)
NOTE_OF_DYADS = (
    "Processor minutes for 100 dyads of ten minutes at 25 Hz, from six dyads of rMEA's own data, all in one "
    "run, one after the other. R's column is a lower bound, as above."
)


def ours(name):
    """Return the processor seconds of windows and of segments of one dyad, for an hour of it."""
    x, y = r_tables.dyad(name)
    windows = _seconds(lambda: correlate(x, y, **WINDOWS))
    return windows, _seconds(lambda: r_tables.susy(x, y, 750, 125))


def theirs(name):
    """Return R's processor seconds of windows and of segments of one dyad, for an hour of it."""
    path = DYADS / r_tables.FILES[name] / f"{name}_01.txt"
    command = ["Rscript", R_SCRIPT, path, f"{PART_H:.6f}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return tuple(float(word) for word in said.split())


def of_python():
    """Return multiSyncPy's processor seconds for all dyads by metric; empty where it is not installed."""
    paths = [DYADS / r_tables.FILES[name] / f"{name}_01.txt" for name in r_tables.NAMES]
    ended = subprocess.run([PYTHON, METRICS, *paths], check=False, capture_output=True, text=True)
    if ended.returncode:
        print("beside-r: multiSyncPy left out: run `python -m tests.validate peers` first", file=sys.stderr)
        return {}
    return json.loads(ended.stdout)


def of_study():
    """Return the processor seconds of 100 dyads with both nulls, from those of all dyads here."""
    dyads = [
        Dyad(name=k, first=x, second=y, rate_hz=25.0) for k in r_tables.NAMES for x, y in [r_tables.dyad(k)]
    ]
    start_s = time.process_time()
    study(dyads, Lengths(**WINDOWS), draws=DRAWS)
    pairings_n = len(dyads) * (DRAWS + len(dyads))
    return (time.process_time() - start_s) / pairings_n * DYADS_N * (DRAWS + DYADS_N)


def hundred(windows, segments):
    """Return the minutes for 100 dyads as a table, from seconds for an hour of each, [dyads, (ours, R)]."""
    scale = DYADS_N * PART_H / 60
    (w_ours, w_r), (s_ours, s_r) = (scale * np.mean(one, axis=0) for one in (windows, segments))
    rows = [
        ("30 s every 10 s, lags to 5 s", f"`correlate` {w_ours:.3f}", f"rMEA's calls {w_r:.2f}"),
        ("every pairing of segments of 30 s, lags to 5 s", f"{s_ours:.3f}", f"SUSY's calls {s_r:.2f}"),
        (f"windows, {DRAWS} turns and all 100 x 100 pairings", f"`study` {of_study() / 60:.2f}", "-"),
    ]
    per_dyad = DYADS_N / len(r_tables.NAMES) / 60
    rows += [
        (f"{metric}, no null", "-", f"multiSyncPy {seconds * per_dyad:.3f}")
        for metric, seconds in of_python().items()
    ]
    return table("Cost: 100 dyads", ("work", "ours, min", "theirs, min"), rows, NOTE_OF_DYADS)


def _seconds(work, runs=5):
    """Return the median processor time of an hour of it, s."""
    spent = []
    for _ in range(runs):
        start_s = time.process_time()
        work()
        spent.append(time.process_time() - start_s)
    return float(np.median(spent)) / PART_H


def report(*, short=False):
    """Return the times as a table; nothing without R."""
    if shutil.which("Rscript") is None:
        print("beside-r: skipped, no Rscript", file=sys.stderr)
        return []
    names = (
        "rMEA's windows: 30 s every 10 s, lags to 5 s",
        "SUSY's segments: every pairing of 30 s, lags to 5 s",
    )
    measured = np.array([(ours(name), theirs(name)) for name in r_tables.NAMES])  # [dyads, whose, work]
    means = measured.mean(axis=0).T
    rows = [
        (name, f"{a:.3f}", f"{b:.2f}", f"{b / a:.0f} x") for name, (a, b) in zip(names, means, strict=True)
    ]
    return [
        table("Cost: the same work in R", ("work", "ours, s", "R, s", "ratio"), rows, NOTE),
        hundred(measured[:, :, 0], measured[:, :, 1]),
    ]
