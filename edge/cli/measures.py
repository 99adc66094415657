"""`mimicry-edge measures`: the table of measures."""

import argparse
import textwrap

from edge.cli._numbers import whole
from edge.config.sections import MimicrySection
from edge.measures import TABLE

HELP = "print the table of measures: name, concept, definition, unit, null, not claimed"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `measures` takes."""
    parser.add_argument(
        "--width", type=whole(40, 1000), default=100, metavar="N", help="columns of text (100)"
    )


def run(args: argparse.Namespace) -> int:
    """Print every definition."""
    for one in TABLE:
        print(f"{one.number:2d} {one.name} [{one.unit}]")
        rows = {
            "concept": one.concept,
            "definition": one.worded(MimicrySection()),
            "null": one.null,
            "n counts": f"{one.n_counts}; {one.n_required:g} for full confidence",
            "not claimed": one.not_claimed,
        }
        for label, text in rows.items():
            head = f"   {label + ':':<13}"
            print(textwrap.fill(text, args.width, initial_indent=head, subsequent_indent=" " * 16))
    return 0
