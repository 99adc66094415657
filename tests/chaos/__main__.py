"""`make chaos`: what may happen to a device and its hub, as a table; `--full` takes half an hour."""

import json
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos import brokers, crash, faults, fuzz, house, kills, mute, power

FULL = "--full" in sys.argv
CASES = {
    "device and broker killed": lambda at: kills.kill_loop(
        at,
        results=10_000 if FULL else 1_500,
        device_kills=20 if FULL else 6,
        broker_kills=10 if FULL else 3,
    ),
    "broker frozen (SIGSTOP)": lambda at: kills.freeze(at, seconds=60 if FULL else 15),
    "network cut (namespace)": lambda at: faults.network_cut(at, seconds=600 if FULL else 20),
    "disk full": faults.disk_full,
    "clock jumps of a day": faults.clock_jumps,
    "refused (0x87)": lambda at: brokers.refused(at, count=500 if FULL else 100),
    "no subscriber (0x10)": lambda at: brokers.unmatched(at, count=500 if FULL else 100),
    "over quota (0x97)": lambda at: brokers.quota(at, count=500 if FULL else 100),
    "MQTT 3.1.1 only": brokers.fallback,
    "file damaged": lambda at: power.corruption(at, rows=2_000, hits=40),
    "power cuts, real calls": lambda at: crash.cuts(at, commits=160 if FULL else 12, each=3 if FULL else 1),
    "power cuts, log": lambda at: power.power_cut(at, commits=64, last=40, step=499 if FULL else 5_000),
    "backlog drained": lambda at: faults.backlog(at, rows=60_000 if FULL else 3_000),
    "mute, until told": lambda at: mute.latency(at, rounds=300 if FULL else 40),
    "muted, asked everything": lambda at: mute.silence(at, seconds=600 if FULL else 20),
    "killed while muting": lambda at: mute.deaths(at, rounds=20 if FULL else 5),
    "Home Assistant": house.discovery,
    "hostile requests": lambda _: fuzz.fuzz(1_000_000 if FULL else 100_000),
}
MUST_BE_ZERO = (
    "missing",
    "out_of_order",
    "lost_synced_rows",
    "lost_mutes",
    "untouched_lost",
    "broker_dropped",
    "said_while_muted",
    "points_said",
    "cameras_open",
    "came_back_unmuted",
    "complaints",
)


def main():
    """Run every case in a folder of its own; exit 1 when a figure that must be zero is not."""
    failed = False
    for name, case in CASES.items():
        start_s = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            figures = case(Path(folder))
        bad = [key for key in MUST_BE_ZERO if figures.get(key)]
        bad += ["duplicates"] * (figures.get("duplicates", 0) > figures.get("duplicates_allowed", 16))
        failed |= bool(bad)
        verdict = "FAIL " + ", ".join(bad) if bad else "skip" if "skipped" in figures else "ok"
        print(f"{name:26} {verdict:5} {time.monotonic() - start_s:7.1f} s  {json.dumps(figures)}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
