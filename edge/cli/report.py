"""`mimicry-edge report`: a recording of JSON lines as one page."""

import argparse
from pathlib import Path

from edge import api

HELP = "write a self-contained page with plots from a recording of JSON lines"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `report` takes."""
    parser.add_argument("recording", type=Path, metavar="RECORDING.jsonl", help="output of replay or run")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.html", help="the page")


def run(args: argparse.Namespace) -> int:
    """Read, draw, write; the page appears whole."""
    api.report(args.recording, args.out)
    return 0
