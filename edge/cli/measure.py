"""`mimicry-edge measure`: the fourteen measures on signals from anywhere."""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from edge import api
from edge.cli import _tables
from edge.cli._numbers import whole
from edge.errors import SignalsError, writing
from edge.files import write_whole
from edge.missing import missing_words
from edge.plain import Json, finite, whom
from edge.privacy.content import judged, shares
from edge.records import Measure

HELP = "compute the measures of a table of signals, each with its null, p, n, coverage and state"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `measure` takes."""
    parser.add_argument("tables", type=Path, nargs="+", metavar="FILE", help="one table, or one a camera")
    _tables.add_rate(parser, "rate of the film or the rows, where the table has no times")
    _tables.add_arguments(parser)
    parser.add_argument("--measures", default="", metavar="NAME,...", help="only these (all)")
    parser.add_argument(
        "--surrogates", type=whole(*api.SURROGATES), default=39, metavar="N", help="draws of null N1 (39)"
    )
    parser.add_argument(
        "--seed", type=whole(*api.SEEDS), default=1, metavar="S", help="seed of every random draw (1)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="where to write (standard output)")


def run(args: argparse.Namespace) -> int:
    """Read, measure, write."""
    names = tuple(_tables.words(args.measures))
    table = _tables.read_told(args.tables, args)
    report = api.concluded(table, measures=names, surrogates=args.surrogates, seed=args.seed)
    measures, seen = ((), ()) if report is None else (report.measures, report.seen)
    for one in seen:
        if words := missing_words(one.missing):
            print(f"person {one.person}, time not measurable: {words}", file=sys.stderr)
    missing = {one.person: shares(one.missing) for one in seen}
    text = json.dumps([body(one, missing) for one in measures], indent=1, allow_nan=False) + "\n"
    if args.out is None:
        sys.stdout.write(text)
        return 0
    with writing(args.out, SignalsError):
        write_whole(args.out, text)
    return 0


def body(one: Measure, missing: Mapping[int, Json]) -> Json:
    """Return one measure as plain JSON, with its people's time that is missing; not measurable is null."""
    head = {"type": "measure", "name": one.name, "subject": list(one.subject)} | whom(one.subject)
    return (
        head
        | {"t_s": one.t_ns / 1e9, "value": finite(one.value), "unit": one.unit}
        | judged(one, digits=None)
        | {
            "lag_s": finite(one.lag_s),
            "extra": {name: finite(value) for name, value in one.extra.items()},
            "missing": {str(person): missing[person] for person in one.subject if missing.get(person)},
        }
    )
