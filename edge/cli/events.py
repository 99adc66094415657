"""`mimicry-edge events`: movements and spans above chance for programs in which films are coded by hand."""

import argparse
from pathlib import Path

from edge.cli._tables import words
from edge.errors import SignalsError
from edge.outputs import ready, write_text
from edge.reporting import PROGRAMS, annotations, load, written

HELP = "write movements and spans above chance of a recording for ELAN, BORIS or a table"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `events` takes."""
    parser.add_argument("recording", type=Path, metavar="RECORDING.jsonl", help="output of replay or run")
    parser.add_argument("--for", dest="program", choices=tuple(PROGRAMS), default="csv", help="program (csv)")
    parser.add_argument("--names", default="", metavar="837=A,...", help="names for numbers")
    parser.add_argument("--out", type=Path, metavar="FILE.txt", help="where to write (standard output)")


def run(args: argparse.Namespace) -> int:
    """Read and write."""
    ready(args.out, inputs=[args.recording])
    found = annotations(load(args.recording), _names(args.names))
    write_text(args.out, written(found, args.program))
    return 0


def _names(text: str) -> dict[int, str]:
    """Split `837=A,853=B`."""
    names = {}
    for word in words(text):
        number, sign, name = word.partition("=")
        if not sign or not name.strip() or not number.strip().isdecimal():
            raise SignalsError(f"expected pairs such as 837=A, got {word!r} at --names")
        names[int(number)] = name.strip()
    return names
