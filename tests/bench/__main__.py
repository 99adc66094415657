"""`python -m tests.bench WHAT`: medians and ratios against peers, measured in one run."""

import argparse
import importlib
import json
import os
import platform
import sys
from pathlib import Path

import numpy as np

from edge import __version__
from edge.errors import EdgeError
from tests.bench import glass
from tests.bench.correlator import missed

BENCHES = ("correlator", "mesh", "pipeline", "glass")


def main() -> int:
    """Run the benches asked for, one after the other."""
    parser = argparse.ArgumentParser(prog="mimicry-edge bench", description=__doc__)
    parser.add_argument("what", choices=[*BENCHES, "all"], help="which bench")
    parser.add_argument(
        "--recordings",
        type=Path,
        metavar="PLACE",
        help="mesh: also on this recording, or on those in this folder",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    args = parser.parse_args()
    try:
        return _run(args)
    except EdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _run(args: argparse.Namespace) -> int:
    figures: dict[str, dict[str, object]] = {}
    for bench in BENCHES if args.what == "all" else (args.what,):
        _say(f"bench {bench} ...")
        options = {"recordings": args.recordings, "progress": _say} if bench == "mesh" else {}
        figures[bench] = importlib.import_module(f"tests.bench.{bench}").run(**options)
    figures["machine"] = _machine()
    if args.json:
        json.dump(figures, sys.stdout, indent=1, allow_nan=False)
        print()
    else:
        for bench, values in figures.items():
            if bench == "mesh":
                print(importlib.import_module("edge.tuning.yardstick").table(values))
                continue
            print(bench, *(f"  {name:24} {_short(value)}" for name, value in values.items()), sep="\n")
    wrong = missed(figures["correlator"]) if "correlator" in figures else []
    wrong += glass.missed(figures["glass"]) if "glass" in figures else []
    print(*(f"missed: {words}" for words in wrong), sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return int(bool(wrong))


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _short(value: object) -> str:
    """Return a figure with four digits."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_short(item)}" for key, item in value.items())
    return ", ".join(map(_short, value)) if isinstance(value, list) else str(value)


def _machine() -> dict[str, object]:
    """Processor, cores, Python and library versions, so that figures can be compared."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {"mimicry-edge": __version__, "numpy": np.__version__, "kernel": platform.release()},
    }


def _cpu() -> str:
    """Name of the processor or the board."""
    for path, key in (("/proc/device-tree/model", ""), ("/proc/cpuinfo", "model name")):
        try:
            with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123 - not a regular file
                found = [line for line in file if line.startswith(key)]
        except OSError:
            continue
        if found:
            return found[0].split(":", 1)[-1].strip(" \t\n\0")
    return platform.machine()


if __name__ == "__main__":
    sys.exit(main())
