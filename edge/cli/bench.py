"""`bench`: the benches of the source tree, which are not installed with the package."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from edge.errors import EdgeError

HELP = "measure correlator, mesh and pipeline against their peers, and the way to MQTT (from a clone)"
WHAT = ("correlator", "mesh", "pipeline", "glass", "all")
TREE = Path(__file__).parents[2]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `bench` takes."""
    parser.add_argument(
        "what", choices=["correlator", "mesh", "pipeline", "glass", "all"], help="which bench"
    )
    parser.add_argument(
        "--recordings",
        type=Path,
        metavar="PLACE",
        help="mesh: also on this recording, or on those in this folder",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(args: argparse.Namespace) -> int:
    """Run the benches of the clone that this package was installed from."""
    if not (TREE / "tests" / "bench").is_dir():
        raise EdgeError(f"expected a clone of the sources, got an installed package at {TREE}")
    command = [sys.executable, "-m", "tests.bench", args.what]
    command += ["--recordings", str(args.recordings)] if args.recordings else []
    command += ["--json"] if args.json else []
    path = os.pathsep.join([str(TREE), *filter(None, [os.environ.get("PYTHONPATH", "")])])
    return subprocess.run(command, check=False, env=os.environ | {"PYTHONPATH": path}).returncode  # noqa: S603
