"""What the measures cost: processor, memory over a day, and time beside the R packages for the same work."""

import gc
import resource
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np

from edge.config.sections import MeasuresSection
from edge.correlate import correlate
from edge.measures import Measures
from edge.mimicry import Mimicry
from tests.native import test_peers as r_tables
from tests.validate.data import DYADS
from tests.validate.drive import GRID, event, expression
from tests.validate.tables import table

R_SCRIPT = Path(__file__).parent / "peers" / "windows.R"
DYAD = "200"
PART_H = 1 / 6  # length of the recordings: ten minutes
STAY_S = 1500.0  # in the day: somebody goes and somebody new comes this often


def core_share(seconds=120.0, people=6, rate_hz=30.0, channels=19, warm_s=600.0):
    """CPU seconds per second of signal, at 30 fps, with full rings: (grid and correlator, measures)."""
    from edge.records import CHANNELS  # noqa: PLC0415

    rng = np.random.default_rng(0)
    mimicry, measures = Mimicry(GRID), Measures(MeasuresSection(), GRID)
    noise = rng.standard_normal((997, people, channels))
    spent = [0.0, 0.0]
    k = 0
    for step_s, until_s, counts in ((1 / 10, warm_s, False), (1 / rate_hz, warm_s + seconds, True)):
        t_s = 0.0 if not counts else warm_s + 0.1
        while t_s < until_s:
            t_ns = round(t_s * 1e9)
            frame = [expression(t_ns, p + 1, noise[k % 997, p], (0.0, 0.0, 0.0)) for p in range(people)]
            events = [] if rng.random() > 0.4 * step_s * people else [_event(rng, people, t_s)]
            start = time.process_time()
            tick = mimicry.update(frame, events, t_ns)
            middle = time.process_time()
            if tick is not None:
                measures.update(tick)
                if counts:
                    measures.result()
            end = time.process_time()
            if counts:
                spent[0] += middle - start
                spent[1] += end - middle
            t_s += step_s
            k += 1
    assert len(CHANNELS) == channels
    return spent[0] / seconds, spent[1] / seconds


def _event(rng, people, t_s, first=1):
    name = ("AU12", "AU01", "AU25", "AU04")[rng.integers(4)]
    return event(int(rng.integers(people)) + first, name, t_s - rng.uniform(0.3, 2), t_s - 0.2, t_s)


def day(hours=24.0, people=2, rate_hz=30.0, ask_s=600.0):
    """Yield the resident MB after every hour of a day: people come and go, results are asked every 10 min."""
    rng = np.random.default_rng(1)
    mimicry, measures = Mimicry(GRID), Measures(MeasuresSection(), GRID, live=False)
    noise = rng.standard_normal((997, people, 19))
    hour_n, ask_n, stay_n = (round(rate_hz * seconds) for seconds in (3600.0, ask_s, STAY_S))
    for k in range(round(hours * hour_n)):
        t_s = k / rate_hz
        first = k // stay_n
        frame = [
            expression(round(t_s * 1e9), first + p, noise[k % 997, p], (0.0, 0.0, 0.0)) for p in range(people)
        ]
        moved = rng.random() < 0.4 * people / rate_hz
        tick = mimicry.update(frame, [_event(rng, people, t_s, first)] if moved else [])
        if tick is not None:
            measures.update(tick)
        if k % ask_n == ask_n - 1:
            measures.result()
        if (k + 1) % hour_n == 0:
            yield resident_mb()


def resident_mb():
    """Return the memory of this process, MB."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def same_work():
    """Seconds of processor an hour of one real pair at 25 Hz costs: (ours, R) for windows, for segments."""
    x, y = r_tables.dyad(DYAD)
    ours = (
        _seconds(lambda: correlate(x, y, rate_hz=25, window_s=30, max_lag_s=5, hop_s=10)),
        _seconds(lambda: r_tables.susy(x, y, 750, 125)),
    )
    theirs = (float("nan"), float("nan"))
    if shutil.which("Rscript"):
        path = DYADS / r_tables.FILES[DYAD] / f"{DYAD}_01.txt"
        command = ["Rscript", R_SCRIPT, path, f"{PART_H:.6f}"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        theirs = tuple(float(word) for word in said.split())
    return list(zip(ours, theirs, strict=True))


def _seconds(work, runs=5):
    """Return the median processor time of an hour of it, s."""
    spent = []
    for _ in range(runs):
        start_s = time.process_time()
        work()
        spent.append(time.process_time() - start_s)
    return float(np.median(spent)) / PART_H


def _share_rows(seconds):
    grid, measures = core_share(seconds=seconds)
    return [
        ("grid and correlator", f"{100 * grid:.1f} %"),
        ("fourteen measures", f"{100 * measures:.1f} %"),
        ("both", f"{100 * (grid + measures):.1f} %"),
    ]


def _memory_rows(hours):
    found = list(day(hours))
    return [
        ("hours", f"{len(found)}"),
        *zip(("after the first, MB", "most later, MB"), _ends(found), strict=True),
    ]


def _ends(found):
    return f"{found[0]:.1f}", f"{max(found[1:] or found):.1f}"


def _work_rows():
    names = (
        "rMEA's windows: 30 s every 10 s, lags to 5 s",
        "SUSY's segments: every pairing of 30 s, lags to 5 s",
    )
    return [
        (name, f"{ours:.3f}", f"{theirs:.2f}", f"{theirs / ours:.0f} x")
        for name, (ours, theirs) in zip(names, same_work(), strict=True)
    ]


def report(*, short=False):
    """Return the cost as tables."""
    tables = [
        table(
            "Cost: six people at 30 fps, share of one core",
            ("part", "CPU time"),
            _share_rows(20.0 if short else 120.0),
        ),
        table(
            "Memory: a day at 30 fps",
            ("", ""),
            _memory_rows(1.0 if short else 24.0),
            "Two people, one of them new every 25 min, four movements a minute, results asked every 10 min.",
        ),
    ]
    if DYADS.exists():
        note = (
            "Processor seconds for an hour of one pair at 25 Hz, ten-minute recordings. The R packages are "
            "on CRAN only; their column is R making the calls they make (one C-level `cor` a window and lag, "
            "one `ccf` a pairing) without the rest of them: a lower bound. `nan` without `Rscript`."
        )
        header = ("work", "ours, s", "R, s", "ratio")
        tables.append(table("Cost: the same work in R", header, _work_rows(), note))
    return tables
