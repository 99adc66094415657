"""A simulated week: `python -m tests.soak.soak [HOURS]` or `make soak` prints a table; exit 1 above a limit.

One hour of signals at ten frames a second (people come and go; smiles follow one another) goes
again and again through the engine behind the landmarks, with a mute between two hours. Memory, descriptors,
threads must not grow after the first hours; every hour must give the results of the first bit for bit.
"""

import dataclasses
import gc
import hashlib
import resource
import struct
import sys
import threading
import time
from pathlib import Path

import numpy as np

from edge.config import Config
from edge.pipeline.engine import SignalEngine
from edge.records import CHANNELS, Expression, Report

RATE_HZ = 10
HOUR_FRAMES = 3600 * RATE_HZ
STEP_NS = 10**9 // RATE_HZ
PEOPLE = 4
WEEK_HOURS = 168
WARM_UP_HOURS = 3
RSS_LIMIT_MB = 1.0


def signals(seed: int = 1, frames: int = HOUR_FRAMES) -> np.ndarray:
    """Return one hour of signals [frames, people, channels]; NaN rows where a person is away."""
    draw = np.random.default_rng(seed)
    x = draw.normal(0, 0.3, (frames, PEOPLE, len(CHANNELS)))
    smile = np.convolve(draw.random(frames) < 1 / 120, np.hanning(20), "same")
    for person in range(PEOPLE):
        x[:, person, CHANNELS.index("AU12")] += 3 * np.roll(smile, 7 * person)
    x[draw.random((frames, PEOPLE)) < 0.01] = np.nan
    for person in range(1, PEOPLE):
        for start in draw.integers(0, frames, 3):
            x[start : start + 300 * RATE_HZ // 2, person] = np.nan
    return x


def expression(person: int, index: int, t_ns: int, x: np.ndarray) -> Expression:
    """Return one record as the expression room makes it."""
    return Expression(
        t_ns=t_ns,
        index=index,
        person=person,
        raw=x,
        x=x,
        pose_rad=(0.0, 0.0, 0.0),
        canthus_px=80.0,
        presence=1.0,
        box_px=(0.0, 0.0, 100.0, 100.0),
        gain=1.0,
    )


def digest(into: "hashlib._Hash", report: Report, start_ns: int) -> None:
    """Add everything a report says to a hash, its times counted from the hour's start."""
    into.update(struct.pack("<q", report.t_ns - start_ns))
    for coupling in report.couplings:
        into.update(repr((coupling.pair, coupling.channel)).encode())
        into.update(coupling.r.tobytes() + coupling.far_r.tobytes())
    for event in report.events:
        times = [event.onset_ns, event.apex_ns, event.offset_ns]
        into.update(
            repr([event.person, event.channel, event.amplitude, *(t - start_ns for t in times)]).encode()
        )
    for measure in report.measures:
        into.update(repr(dataclasses.replace(measure, t_ns=measure.t_ns - start_ns)).encode())


def hour(engine: SignalEngine, x: np.ndarray, start_ns: int) -> str:
    """Feed one hour, then clear the engine as a mute does; return the digest of all reports."""
    into = hashlib.sha256()
    for index, row in enumerate(x):
        t_ns = start_ns + index * STEP_NS
        here = [expression(p, index, t_ns, row[p]) for p in range(PEOPLE) if not np.isnan(row[p, 0])]
        report = engine.update(here, t_ns)
        if report is not None:
            digest(into, report, start_ns)
    engine.clear()
    return into.hexdigest()


def usage() -> tuple[float, int, int]:
    """Return resident memory in MB, open descriptors, threads."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return (
        pages * resource.getpagesize() / 1e6,
        len(list(Path("/proc/self/fd").iterdir())),
        threading.active_count(),
    )


def soak(hours: int, frames: int = HOUR_FRAMES) -> list[tuple[int, str, float, int, int]]:
    """Run; return hour, digest, MB, descriptors and threads after each hour."""
    engine = SignalEngine(
        dataclasses.replace(Config(), camera=dataclasses.replace(Config().camera, rate_hz=10.0))
    )
    x, rows = signals(frames=frames), []
    for number in range(hours):
        rows.append((number, hour(engine, x, (number + 1) * HOUR_FRAMES * STEP_NS), *usage()))
        print(f"hour {number + 1}/{hours}: {rows[-1][2]:.2f} MB", file=sys.stderr)
    return rows


def main() -> int:
    """Print the table that the documentation quotes."""
    hours = int(sys.argv[1]) if len(sys.argv) > 1 else WEEK_HOURS
    begun = time.monotonic()
    rows = soak(hours)
    warm = rows[min(WARM_UP_HOURS, hours - 1)]
    growth_mb = max(row[2] for row in rows[WARM_UP_HOURS:] or rows) - warm[2]
    same = sum(row[1] == rows[0][1] for row in rows)
    grown = (rows[-1][3] - warm[3], rows[-1][4] - warm[4])
    print(f"frames                         {hours * HOUR_FRAMES:,} ({hours} hours at {RATE_HZ} a second)")
    print(f"wall time                      {time.monotonic() - begun:.0f} s")
    print(f"memory growth after warm-up    {growth_mb:.2f} MB (limit {RSS_LIMIT_MB})")
    print(f"descriptors, threads           {grown[0]:+d}, {grown[1]:+d}")
    print(f"hours equal to the first one   {same} of {hours}, bit for bit")
    return int(growth_mb > RSS_LIMIT_MB or grown != (0, 0) or same < hours)


if __name__ == "__main__":
    sys.exit(main())
