"""`mimicry-edge measure`: the fourteen measures on signals from anywhere."""

import argparse
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from edge import __version__, api
from edge.cli import _results, _tables
from edge.cli._numbers import real, whole
from edge.cli._origin import beside, file_hash, origin, write_beside
from edge.errors import SignalsError
from edge.measures import enabled
from edge.missing import missing_words
from edge.outputs import ready
from edge.plain import Json, finite, whom
from edge.privacy.content import draws, judged, shares
from edge.records import Measure
from edge.tables import Table, chosen

HELP = "compute the measures of a table of signals, each with its null, p, n, coverage and state"
LONGEST_S = 1e6  # of a window


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `measure` takes."""
    parser.add_argument("tables", type=Path, nargs="+", metavar="FILE", help="one table, or one a camera")
    parser.add_argument("--measures", default="", metavar="NAME,...", help="only these (all)")
    parser.add_argument("--people", default="", metavar="A,...", help="only these people (all)")
    parser.add_argument("--channel", default="", metavar="NAME,...", help="only these; the first leads")
    parser.add_argument("--same", default="", metavar="0=7,...", help="7 is 0 who came back")
    parser.add_argument("--names", default="", metavar="0=A,...", help="names for numbers")
    parser.add_argument(
        "--horizon-s",
        type=real(api.LEAST_HORIZON_S, LONGEST_S),
        metavar="S",
        help="windows of this length (the whole recording)",
    )
    parser.add_argument(
        "--surrogates", type=whole(*api.SURROGATES), default=39, metavar="N", help="draws of null N1 (39)"
    )
    parser.add_argument(
        "--seed", type=whole(*api.SEEDS), default=1, metavar="S", help="seed of every random draw (1)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help=".csv, .tsv, .parquet or .json (JSON on standard output)"
    )
    _tables.add_rate(parser, "rate of the film or the rows, where the table has no times")
    _tables.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Read, measure, write."""
    ready(args.out, beside(args.out), inputs=args.tables)
    _results.check_ending(args.out)
    names = _tables.words(args.measures)
    enabled(names)  # before a long table is read
    table = _chosen(args)
    found = api.concluded(
        table,
        measures=names,
        surrogates=args.surrogates,
        seed=args.seed,
        horizon_s=args.horizon_s,
    )
    for one in found.seen:
        if words := missing_words(one.missing):
            print(f"person {table.label(one.person)}, time not measurable: {words}", file=sys.stderr)
    for span in dict.fromkeys(one.over_s for one in found.measures if one.over_s):
        print(f"measured: {span[0]:.6g} to {span[1]:.6g} s", file=sys.stderr)
    missing = {one.person: shares(one.missing) for one in found.seen}
    seats = {person: seat for seat, person in enumerate(table.seats, start=1)}
    bodies = [body(one, missing, table.names, seats) for one in found.measures]
    _results.write(args.out, bodies, _origin(args), table.label)
    if args.out is not None and args.out.suffix.lower() == ".json":
        write_beside(args.out, _whole_origin(args, table))
    return 0


def body(
    one: Measure, missing: Mapping[int, Json], names: Mapping[int, str], seats: Mapping[int, int]
) -> Json:
    """Return one measure as plain JSON, with its people's time that is missing; not measurable is null."""
    head = {"type": "measure", "name": one.name, "subject": list(one.subject)} | whom(one.subject)
    named = {str(person): names[person] for person in one.subject if person in names}
    seated = {str(person): seats[person] for person in one.subject if person in seats}
    return (
        head
        | ({"names": named} if named else {})
        | ({"seats": seated} if seated else {})
        | {"t_s": one.t_ns / 1e9, "over_s": list(one.over_s or ())}
        | {"value": finite(one.value), "unit": one.unit}
        | judged(one, digits=None)
        | {
            "lag_s": finite(one.lag_s),
            "extra": {name: finite(value) for name, value in one.extra.items()},
            "missing": {str(person): missing[person] for person in one.subject if missing.get(person)},
        }
        | ({} if one.null is None else draws(one.null))
    )


def _chosen(args: argparse.Namespace) -> Table:
    """Read the tables and take what was asked for."""
    return chosen(
        _tables.read_told(args.tables, args),
        people=_tables.words(args.people),
        channels=_tables.words(args.channel),
        same={later: first for first, later in _pairs(args.same, "--same")},
        names=dict(_pairs(args.names, "--names")),
    )


def _pairs(text: str, option: str) -> list[tuple[str, str]]:
    """Split `0=7,1=8`."""
    pairs = [tuple(part.strip() for part in word.split("=", 1)) for word in _tables.words(text)]
    if any(len(pair) != 2 or not all(pair) for pair in pairs):
        raise SignalsError(f"expected pairs A=B, got {text!r} at {option}")
    return [(pair[0], pair[1]) for pair in pairs]


def _whole_origin(args: argparse.Namespace, table: Table) -> Json:
    """Return where a list of objects comes from; a row of the other formats has the shorter one."""
    config = api.settings(measures=_tables.words(args.measures), surrogates=args.surrogates, seed=args.seed)
    span = [float(table.t_s[0]), float(table.t_s[-1])]
    return origin(args.words, args.tables, config, films=False) | {"over_s": span}


def _origin(args: argparse.Namespace) -> dict[str, object]:
    """Return what a row says of where it comes from."""
    return {
        "file": " + ".join(path.name for path in args.tables),
        "version": __version__,
        "command": shlex.join(args.words),
        "hash": " ".join(file_hash(path) for path in args.tables),
        "seed": args.seed,
        "surrogates": args.surrogates,
    }
