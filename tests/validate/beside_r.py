"""Time for the same work beside R: what rMEA and SUSY compute, made of the calls that they make."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from edge.windows import correlate
from tests.native import test_peers as r_tables
from tests.validate.data import DYADS
from tests.validate.tables import table

R_SCRIPT = Path(__file__).parent / "peers" / "windows.R"
DYAD = "200"
PART_H = 1 / 6  # length of the recordings: ten minutes
NOTE = (
    "Processor seconds for an hour of one pair at 25 Hz, ten-minute recordings. The R packages are on CRAN "
    "only; their column is R making the calls they make (one C-level `cor` a window and lag, one `ccf` a "
    "pairing) without the rest of them: a lower bound."
)


def ours():
    """Return the processor seconds of windows and of segments."""
    x, y = r_tables.dyad(DYAD)
    windows = _seconds(lambda: correlate(x, y, rate_hz=25, window_s=30, max_lag_s=5, hop_s=10))
    return windows, _seconds(lambda: r_tables.susy(x, y, 750, 125))


def theirs():
    """Return R's processor seconds of windows and of segments."""
    path = DYADS / r_tables.FILES[DYAD] / f"{DYAD}_01.txt"
    command = ["Rscript", R_SCRIPT, path, f"{PART_H:.6f}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return tuple(float(word) for word in said.split())


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
    rows = [
        (name, f"{a:.3f}", f"{b:.2f}", f"{b / a:.0f} x")
        for name, a, b in zip(names, ours(), theirs(), strict=True)
    ]
    return [table("Cost: the same work in R", ("work", "ours, s", "R, s", "ratio"), rows, NOTE)]
