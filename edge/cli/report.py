"""`mimicry-edge report`: recordings and results as one page."""

import argparse
from pathlib import Path

from edge import api
from edge.cli import _tables

HELP = "write a self-contained page with plots from recordings, results of measure, and a study"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `report` takes."""
    parser.add_argument(
        "recordings",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="lines of replay or run, JSON of measure or of study",
    )
    parser.add_argument(
        "--names",
        default="",
        metavar="A,B,...",
        help="names from left to right, or 837=A,...; in the page only",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.html", help="the page")


def run(args: argparse.Namespace) -> int:
    """Read, draw, write; the page appears whole."""
    api.report(args.recordings, args.out, names=_tables.names(args.names))
    return 0
