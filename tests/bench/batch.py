"""`python -m tests.bench.batch`: `batch` beside the same commands one after the other, and through faults.

Tables of invented dyads are measured one after the other in one process, then by `batch`, to the same
places. Then `batch` again with one broken table and one worker killed at work; then once more with two
results removed.
"""

import argparse
import contextlib
import io
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from edge.cli import main as command

RATIO = 1.7
RATE_HZ = 10
AFTER_N = 10  # results that are there when a worker is killed
CHANNELS = ("AU12", "AU06", "AU25")


def main() -> int:
    """Run all four and print what they took; exit status 1 where anything is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.batch", description=__doc__)
    parser.add_argument("--recordings", type=int, default=60, metavar="N", help="how many tables (60)")
    parser.add_argument("--seconds", type=int, default=240, metavar="S", help="length of each (240)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="processes of batch (2)")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mimicry-edge-batch-") as folder:
        figures = compared(Path(folder), args.recordings, args.seconds, args.workers)
    print(*(f"{name:48} {value}" for name, value in figures.items()), sep="\n")
    right = (
        figures["right with one broken, one worker killed"] == f"{args.recordings - 1} of {args.recordings}"
    )
    return int(not (figures["times as fast"] >= RATIO and figures["same bytes"] and right))


def compared(folder: Path, n: int, seconds: int, workers: int) -> dict[str, Any]:
    """Return the figures of tables that are written into the folder."""
    tables = [written(folder / "tables" / f"dyad-{k:02}.csv", k, seconds) for k in range(n)]
    out = folder / "out"
    start_s, start_cpu_s = time.monotonic(), time.process_time()
    for table in tables:
        one_after_the_other(table, out)
    serial_s, serial_cpu_s = time.monotonic() - start_s, time.process_time() - start_cpu_s
    alone = taken(out)
    start_s = time.monotonic()
    said = batch(folder, workers).communicate()[1]
    batch_s, batch_cpu_s = time.monotonic() - start_s, sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    same = taken(out) == alone
    tables[n // 2].write_text("{}\n")
    hurt = batch(folder, workers, killed=True).communicate()[1]
    found = results(out)
    for name in sorted(found)[:2]:
        (out / name).unlink()
    again = batch(folder, workers).communicate()[1]
    return {
        "one after the other, s": round(serial_s, 1),
        f"batch --workers {workers}, s": round(batch_s, 1),
        "processor of both, s": f"{serial_cpu_s:.1f}, {batch_cpu_s:.1f}",
        "times as fast": round(serial_s / batch_s, 2),
        "same bytes": same,
        "batch": counted(said),
        "right with one broken, one worker killed": f"{sum(alone[k] == v for k, v in found.items())} of {n}",
        "batch with faults": counted(hurt),
        "batch after two results were removed": counted(again),
        "same bytes again": results(out) == found,
    }


def written(path: Path, seed: int, seconds: int) -> Path:
    """Write a table of two people, of whom the second follows the first now and then."""
    rng = np.random.default_rng(seed)
    smooth = np.ones(RATE_HZ) / RATE_HZ
    x = np.stack(
        [
            np.convolve(rng.standard_normal(seconds * RATE_HZ), smooth, "same")
            for _ in range(2 * len(CHANNELS))
        ]
    ).reshape(2, len(CHANNELS), -1)
    x[1] = 0.5 * x[1] + 0.5 * np.roll(x[0], RATE_HZ // 2, axis=-1)
    rows = [
        f"{k / RATE_HZ:.1f},{person + 1}," + ",".join(f"{value:.4f}" for value in x[person, :, k])
        for k in range(seconds * RATE_HZ)
        for person in range(2)
    ]
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([f"t_s,person,{','.join(CHANNELS)}", *rows]) + "\n")
    return path


def one_after_the_other(table: Path, out: Path) -> None:
    """Do what `batch` does for one table."""
    out.mkdir(exist_ok=True)
    with contextlib.redirect_stderr(io.StringIO()):
        command(["measure", str(table), "--out", str(out / f"{table.name}.measures.csv")])


def batch(folder: Path, workers: int, *, killed: bool = False) -> subprocess.Popen[str]:
    """Start `batch`; where asked, kill one of its workers once some results are there."""
    words = ["batch", str(folder / "tables"), "--out", str(folder / "out"), "--commands", "measure"]
    process = subprocess.Popen(
        [sys.executable, "-m", "edge", *words, "--workers", str(workers)], stderr=subprocess.PIPE, text=True
    )
    while killed and process.poll() is None:
        if len(results(folder / "out")) >= AFTER_N:
            busiest(process.pid).kill()
            break
        time.sleep(0.1)
    return process


def busiest(pid: int) -> psutil.Process:
    """Return the child that has worked longest."""
    return max(psutil.Process(pid).children(recursive=True), key=lambda one: sum(one.cpu_times()[:2]))


def results(out: Path) -> dict[str, bytes]:
    """Return the results by name."""
    return {path.name: path.read_bytes() for path in out.glob("*.measures.csv")}


def taken(out: Path) -> dict[str, bytes]:
    """Return the results, and remove everything."""
    found = results(out)
    shutil.rmtree(out)
    return found


def counted(said: str) -> str:
    """Return the line in which `batch` counts."""
    return next(line.partition(": ")[0] for line in said.splitlines() if " already there, " in line)


if __name__ == "__main__":
    sys.exit(main())
