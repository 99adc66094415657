"""A simulated week: `make soak`, `python -m tests.soak.soak [HOURS [HOP_S]]`; a table, exit 1 above a limit.

The same hour of signals at ten frames a second goes again and again through calibration, engine, door, spool
and a real broker. Six days have a mute after every hour, and every such hour must give the results of the
first bit for bit; the seventh goes without. The largest memory of the first day must not grow, nor that of
the first hour without a mute (which keeps what a mute frees), nor descriptors and threads; what was said must
have arrived.
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

import numpy as np

from tests.publish.broker import Broker
from tests.soak.week import HOUR_FRAMES, RATE_HZ, STEP_NS, Week, numbers, signals

WEEK_HOURS = 168
HOP_S = 10.0  # time between two reports; with the second of the service the week takes five times as long
MUTED_SHARE = 6 / 7  # the rest of the week goes without a mute
WARM_UP_HOURS = 24
RSS_LIMIT_MB = 1.0
NAMES = 40_000
LIBC = ctypes.CDLL(None)


class Hours:
    """What every hour showed, in memory taken before the first: the measurement must not grow itself."""

    def __init__(self, hours: int) -> None:
        self.digests = [""] * hours
        self.memory_mb = np.zeros(hours)
        self.descriptors = np.zeros(hours, int)
        self.threads = np.zeros(hours, int)

    def take(self, k: int, found: str) -> None:
        """Note hour k."""
        self.digests[k] = sys.intern(found)
        self.memory_mb[k], self.descriptors[k], self.threads[k] = usage()
        figures = f"{self.memory_mb[k]:.3f} MB, {self.descriptors[k]} descriptors, {self.threads[k]} threads"
        print(f"hour {k + 1}/{len(self.digests)}: {found[:8]}, {figures}", file=sys.stderr, flush=True)


def usage() -> tuple[float, int, int]:
    """Return resident memory in MB, open descriptors, threads."""
    gc.collect()
    LIBC.malloc_trim(0)  # what the allocator merely keeps comes and goes by megabytes
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return (
        pages * resource.getpagesize() / 1e6,
        len(list(Path("/proc/self/fd").iterdir())),
        threading.active_count(),
    )


def settle() -> None:
    """Let CPython's table of interned names reach its size: it doubles once, by 1 MB, and never shrinks.

    NumPy's views leave short-lived names in it, a few hundred an hour, so otherwise it doubles on the fifth
    day. A million names more do not move it.
    """
    for number in range(NAMES):
        sys.intern(f"settle {number}")


def soak(folder: Path, hours: int, frames: int = HOUR_FRAMES, hop_s: float = HOP_S) -> tuple[Hours, Week]:
    """Run this many hours of this many frames; return what each showed, and what ran."""
    settle()
    x = signals(frames=frames)
    who, shown = numbers(x), Hours(hours)
    with Broker(folder / "broker") as broker:
        hub = subprocess.Popen(
            ["mosquitto_sub", "-p", str(broker.port), "-q", "1", "-t", "#"], stdout=subprocess.DEVNULL
        )
        week = Week(folder, broker, hop_s)
        try:
            for number in range(hours):
                found = week.hour(x, who, (number + 1) * HOUR_FRAMES * STEP_NS)
                if number < MUTED_SHARE * hours:
                    week.mute()
                assert week.publisher.drain(60)
                shown.take(number, found)
        finally:
            week.publisher.close()
            hub.terminate()
            hub.wait()
    return shown, week


def grown_mb(memory_mb: np.ndarray, warm: int) -> float:
    """Largest memory after the warm hours less the largest in them; 0 without both."""
    first, rest = memory_mb[:warm], memory_mb[warm:]
    return float(rest.max() - first.max()) if len(first) and len(rest) else 0.0


def main() -> int:
    """Print the table that the documentation quotes."""
    hours = int(sys.argv[1]) if len(sys.argv) > 1 else WEEK_HOURS
    hop_s = float(sys.argv[2]) if len(sys.argv) > 2 else HOP_S
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        shown, week = soak(Path(folder), hours, hop_s=hop_s)
    warm = min(WARM_UP_HOURS, hours - 1)
    fresh = min(hours, 1 + int(MUTED_SHARE * hours))  # hours that began after a mute
    muted, unmuted = shown.memory_mb[: fresh - 1], shown.memory_mb[fresh - 1 :]
    growth_mb = max(grown_mb(muted, warm), grown_mb(unmuted, 1))
    same = shown.digests[:fresh].count(shown.digests[0])
    grown = tuple(int(found[-1] - found[warm]) for found in (shown.descriptors, shown.threads))
    own = week.publisher.own_health()
    print(f"frames                         {hours * HOUR_FRAMES:,} ({hours} hours at {RATE_HZ} a second)")
    print(f"faces in them                  {week.samples:,}")
    print(f"wall time                      {time.monotonic() - begun:.0f} s")
    at_mb = shown.memory_mb[-1]
    print(f"memory growth after warm-up    {growth_mb:.2f} MB (limit {RSS_LIMIT_MB}), at {at_mb:.1f} MB")
    print(f"descriptors, threads           {grown[0]:+d}, {grown[1]:+d}")
    print(f"hours equal to the first one   {same} of {fresh}, bit for bit")
    print(f"results said, acknowledged     {week.said:,}, {own['mqtt']['acked']:,}")
    print(f"results left or dropped        {own['spool']['rows']}, {own['spool']['dropped']}")
    lost = own["spool"]["dropped"] + own["spool"]["rows"] + max(0, week.said - own["mqtt"]["acked"])
    return int(growth_mb > RSS_LIMIT_MB or grown != (0, 0) or same < fresh or lost > 0)


if __name__ == "__main__":
    sys.exit(main())
