"""`mimicry-edge report`: a recording of JSON lines as one page."""

import argparse
from pathlib import Path

from edge.errors import SignalsError
from edge.measures import TABLE
from edge.report import load, page

HELP = "write a self-contained page with plots from a recording of JSON lines"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `report` takes."""
    parser.add_argument("recording", type=Path, metavar="RECORDING.jsonl", help="output of replay or run")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.html", help="the page")


def run(args: argparse.Namespace) -> int:
    """Read, draw, write; the page appears by rename."""
    html = page(load(args.recording), {one.name: one.not_claimed for one in TABLE})
    part = args.out.with_name(f".{args.out.name}.part")
    try:
        part.write_text(html, encoding="utf-8")
        part.replace(args.out)
    except OSError as error:
        raise SignalsError(f"expected a writable file, got {error.strerror} at {args.out}") from error
    finally:
        part.unlink(missing_ok=True)
    return 0
