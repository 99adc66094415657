"""`make chaos`: what may happen to a device and its hub, as a table.

`--full` takes more than half an hour; `--table FILE` also writes the table as Markdown; other words name the
cases to run. The long form runs three cases at a time, for most of them wait, but those that time alone.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.chaos import (
    brokers,
    crash,
    deaf,
    dribble,
    faults,
    fuzz,
    house,
    kills,
    load,
    mute,
    power,
    signals,
    tapped,
)
from tests.publish import pictures
from tests.publish.broker import version
from tests.service import checklist
from tests.soak import node_red

FULL = "--full" in sys.argv
ALONE = ("mute, until told", "mute of two cameras")
LONG = (
    "twenty a second",
    "backlog drained",
    "network cut (namespace)",
    "muted, asked everything",
    "every byte, four people",
)
WORKERS = 3 if FULL else 1
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
    "answers without an end": lambda at: dribble.run(at, holds=10 if FULL else 2),
    "file damaged": lambda at: power.corruption(at, rows=2_000, hits=40),
    "power cuts, real calls": lambda at: crash.cuts(at, commits=160 if FULL else 12, each=3 if FULL else 1),
    "power cuts, log": lambda at: power.power_cut(at, commits=64, last=40, step=499 if FULL else 5_000),
    "backlog drained": lambda at: faults.backlog(at, rows=60_000 if FULL else 3_000),
    "mute, until told": lambda at: mute.latency(at, rounds=100 if FULL else 12),
    "mute of two cameras": lambda at: mute.latency(at, rounds=100 if FULL else 12, cameras=2),
    "muted, asked everything": lambda at: mute.silence(at, seconds=600 if FULL else 20),
    "killed while muting": lambda at: mute.deaths(at, rounds=20 if FULL else 5),
    "booking, hub lost": mute.sources,
    "every byte, four people": lambda at: tapped.four_people(at, seconds=600 if FULL else 20),
    "Home Assistant": house.discovery,
    "its card": lambda at: pictures.card(at, at),
    "twenty a second": lambda at: load.load(at, seconds=1800 if FULL else 20),
    "deaf: floods": lambda at: deaf.floods(at, rounds=200 if FULL else 10, large=20 if FULL else 0),
    "deaf: line half open": lambda at: deaf.half_open(at, rounds=200 if FULL else 5),
    "deaf: access list": lambda at: deaf.access_lists(at, rounds=200 if FULL else 5),
    "deaf: strange brokers": lambda at: deaf.strangers(at, rounds=200 if FULL else 6),
    "Node-RED": node_red.run,
    "checklist": checklist.differing,
    "terminations": lambda at: signals.terminations(
        at, rounds=10_000 if FULL else 160, real=100 if FULL else 4
    ),
    "signals": lambda at: mute.signals(at, count=10_000 if FULL else 500),
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
    "person_level",
    "points_said",
    "cameras_open",
    "came_back_unmuted",
    "complaints",
    "late_mutes",
    "quietly_deaf",
    "hung",
    "differing",
    "ended_ill",
    "warned_while_calm",
    "entities_missing",
)
MOST = {
    "core_share": 0.03,
    "bytes_written_per_result": 2048,
    "p99_ms": 200,
    "silent_s": 6,
    "held_s": 6,
    "button_s": 1,
}


def main():
    """Run every case in a process of its own; exit 1 when a figure is worse than it must be."""
    parser = argparse.ArgumentParser(prog="tests.chaos")
    parser.add_argument("cases", nargs="*", metavar="CASE")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--table", type=Path)
    asked = parser.parse_args()
    names = asked.cases or list(CASES)
    if len(names) == 1:
        return _run(names[0])
    rows = [_start(name) for name in names if name in ALONE]
    with ThreadPoolExecutor(WORKERS) as pool:
        rest = sorted(set(names) - set(ALONE), key=lambda name: (name not in LONG, names.index(name)))
        rows += pool.map(_start, rest)
    if asked.table:
        _write(asked.table, sorted(rows, key=lambda row: names.index(row["case"])))
    return int(any(row["verdict"].startswith("FAIL") for row in rows))


def _run(name):
    """Run one case in a folder of its own and print its row."""
    start_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        figures = CASES[name](Path(folder))
    bad = [key for key in MUST_BE_ZERO if figures.get(key)]
    bad += [key for key, most in MOST.items() if figures.get(key, 0) > most]
    bad += ["duplicates"] * (figures.get("duplicates", 0) > figures.get("duplicates_allowed", 16))
    verdict = "FAIL " + ", ".join(bad) if bad else "skip" if "skipped" in figures else "ok"
    row = {"case": name, "verdict": verdict, "s": round(time.monotonic() - start_s), "figures": figures}
    print(json.dumps(row), flush=True)
    return int(bool(bad))


def _start(name):
    """Run one case in a process of its own; print and return its row."""
    command = [sys.executable, "-m", "tests.chaos", *(["--full"] if FULL else []), name]
    lines = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    row = json.loads(lines[-1]) if lines else {"case": name, "verdict": "FAIL to run", "s": 0, "figures": {}}
    print(f"{name:26} {row['verdict']:5} {row['s']:5} s  {json.dumps(row['figures'])}", flush=True)
    return row


def _write(path, rows):
    """Write the table with what it was measured on."""
    head = (
        f"Written by `make chaos`{' in its long form' if FULL else ''}: Mosquitto {version()}, Python "
        f"{platform.python_version()}, {os.cpu_count()} cores shared with other work ({platform.machine()})."
    )
    lines = [head, "", "| case | verdict | took | figures |", "|---|---|---|---|"]
    for row in rows:
        figures = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in row["figures"].items())
        lines.append(f"| {row['case']} | {row['verdict']} | {row['s']} s | {figures} |")
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
