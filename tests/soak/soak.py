"""A simulated week: `make soak`, `python -m tests.soak.soak [HOURS [HOP_S]]`; a table, exit 1 above a limit.

The same hour of signals at ten frames a second goes again and again through calibration, engine, door, spool
and a real broker. Six days have a mute after every hour, and every such hour must give the results of the
first bit for bit; the seventh goes without. The largest memory of the first day must
not grow, nor descriptors and threads; what was said must have arrived.
"""

import ctypes
import gc
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.publish.broker import Broker
from tests.soak.week import HOUR_FRAMES, RATE_HZ, STEP_NS, Week, numbers, signals

WEEK_HOURS = 168
HOP_S = 10.0  # time between two reports; with the second of the service the week takes five times as long
MUTED_SHARE = 6 / 7  # the rest of the week goes without a mute
WARM_UP_HOURS = 24
RSS_LIMIT_MB = 1.0
Row = tuple[str, float, int, int]
"""Digest, MB, descriptors and threads after one hour."""


def usage() -> tuple[float, int, int]:
    """Return resident memory in MB, open descriptors, threads."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what the allocator merely keeps comes and goes by megabytes
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return (
        pages * resource.getpagesize() / 1e6,
        len(list(Path("/proc/self/fd").iterdir())),
        threading.active_count(),
    )


def soak(folder: Path, hours: int, frames: int = HOUR_FRAMES, hop_s: float = HOP_S) -> tuple[list[Row], Week]:
    """Run so many hours of so many frames; return a row for each, and what ran."""
    x = signals(frames=frames)
    who, rows = numbers(x), []
    with Broker(folder / "broker") as broker:
        hub = subprocess.Popen(
            ["mosquitto_sub", "-p", str(broker.port), "-q", "1", "-t", "#"], stdout=subprocess.DEVNULL
        )
        week = Week(folder, broker.port, hop_s)
        try:
            for number in range(hours):
                found = week.hour(x, who, (number + 1) * HOUR_FRAMES * STEP_NS)
                if number < MUTED_SHARE * hours:
                    week.mute()
                assert week.publisher.drain(60)
                rows.append((found, *usage()))
                print(f"hour {number + 1}/{hours}: {rows[-1]}", file=sys.stderr, flush=True)
        finally:
            week.publisher.close()
            hub.terminate()
            hub.wait()
    return rows, week


def main() -> int:
    """Print the table that the documentation quotes."""
    hours = int(sys.argv[1]) if len(sys.argv) > 1 else WEEK_HOURS
    hop_s = float(sys.argv[2]) if len(sys.argv) > 2 else HOP_S
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        rows, week = soak(Path(folder), hours, hop_s=hop_s)
    first, rest = rows[:WARM_UP_HOURS], rows[WARM_UP_HOURS:] or rows
    growth_mb = max(row[1] for row in rest) - max(row[1] for row in first)
    fresh = min(hours, 1 + int(MUTED_SHARE * hours))  # hours that began after a mute
    same = sum(row[0] == rows[0][0] for row in rows[:fresh])
    grown = (rows[-1][2] - first[-1][2], rows[-1][3] - first[-1][3])
    own = week.publisher.own_health()
    print(f"frames                         {hours * HOUR_FRAMES:,} ({hours} hours at {RATE_HZ} a second)")
    print(f"faces in them                  {week.samples:,}")
    print(f"wall time                      {time.monotonic() - begun:.0f} s")
    print(
        f"memory growth after warm-up    {growth_mb:.2f} MB (limit {RSS_LIMIT_MB}), at {rows[-1][1]:.1f} MB"
    )
    print(f"descriptors, threads           {grown[0]:+d}, {grown[1]:+d}")
    print(f"hours equal to the first one   {same} of {fresh}, bit for bit")
    print(f"results said, acknowledged     {week.said:,}, {own['mqtt']['acked']:,}")
    print(f"results left or dropped        {own['spool']['rows']}, {own['spool']['dropped']}")
    lost = own["spool"]["dropped"] + own["spool"]["rows"] + max(0, week.said - own["mqtt"]["acked"])
    return int(growth_mb > RSS_LIMIT_MB or grown != (0, 0) or same < fresh or lost > 0)


if __name__ == "__main__":
    sys.exit(main())
