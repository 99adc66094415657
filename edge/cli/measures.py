"""`mimicry-edge measures`: the table of measures."""

import argparse
import textwrap
from pathlib import Path

from edge.cli._numbers import whole
from edge.config import Config, load
from edge.measures import TABLE

HELP = "print the table of measures: name, concept, definition, unit, null, not claimed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `measures` takes."""
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="word the definitions as this configuration sets them"
    )
    parser.add_argument(
        "--width", type=whole(40, 1000), default=100, metavar="N", help="columns of text (100)"
    )


def run(args: argparse.Namespace) -> int:
    """Print every definition."""
    config = load(args.config) if args.config else Config()
    for one in TABLE:
        print(f"{one.number:2d} {one.name} [{one.unit}]")
        rows = {
            "concept": one.concept,
            "definition": one.worded(config.mimicry),
            "null": one.null,
            "n counts": f"{one.n_counts}; {one.n_required:g} for full confidence",
            "not claimed": one.not_claimed,
        }
        for label, text in rows.items():
            head = f"   {label + ':':<13}"
            print(textwrap.fill(text, args.width, initial_indent=head, subsequent_indent=" " * 16))
    return 0
