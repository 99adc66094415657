"""`mimicry-edge report`: a recording of JSON lines as one page."""

import argparse
from pathlib import Path

from edge.config.sections import MimicrySection
from edge.errors import SignalsError, writing
from edge.files import write_whole
from edge.measures import TABLE
from edge.pages import Meaning, load, page

HELP = "write a self-contained page with plots from a recording of JSON lines"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `report` takes."""
    parser.add_argument("recording", type=Path, metavar="RECORDING.jsonl", help="output of replay or run")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.html", help="the page")


def run(args: argparse.Namespace) -> int:
    """Read, draw, write; the page appears by rename."""
    meanings = [
        Meaning(
            name=one.name,
            definition=one.worded(MimicrySection()),
            unit=one.unit,
            null=one.null,
            not_claimed=one.not_claimed,
        )
        for one in TABLE
    ]
    drawn = page(load(args.recording), meanings)
    with writing(args.out, SignalsError):
        write_whole(args.out, drawn)
    return 0
