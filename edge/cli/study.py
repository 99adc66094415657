"""`mimicry-edge study`: many dyads together, each beside itself out of step and beside pseudo-dyads."""

import argparse
import csv
import io
import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from edge import __version__
from edge.api import SEEDS
from edge.batch import found
from edge.cli import _tables
from edge.cli._numbers import whole
from edge.cli._origin import file_hash
from edge.cli._progress import Progress
from edge.errors import SignalsError
from edge.outputs import ready, write_text
from edge.plain import Json, finite
from edge.study import Dyad, Lengths, Result, Study, drawn, dyad, study

HELP = "compare many dyads with themselves out of step and with pseudo-dyads of shuffled partners"
ENDINGS = (".csv", ".json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `study` takes."""
    parser.add_argument(
        "places", type=Path, nargs="+", metavar="FOLDER", help="of tables, one a dyad; or tables"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=".csv or .json")
    parser.add_argument("--figure", type=Path, metavar="FILE.svg", help="also draw it")
    parser.add_argument("--together", action="store_true", help="the tables of a folder are one dyad")
    parser.add_argument("--people", default="", metavar="A,B", help="two people (the only two)")
    parser.add_argument("--channel", metavar="NAME", help="what is compared (the only one, or the smile)")
    parser.add_argument("--window-s", type=float, default=7.0, metavar="W", help="length of a window (7)")
    parser.add_argument("--max-lag-s", type=float, default=2.0, metavar="L", help="lags from -L to +L (2)")
    parser.add_argument("--hop-s", type=float, default=1.0, metavar="H", help="from window to window (1)")
    parser.add_argument("--draws", type=whole(19, 9999), default=99, metavar="N", help="turns of each (99)")
    parser.add_argument("--seed", type=whole(*SEEDS), default=1, metavar="S", help="of every random draw (1)")
    _tables.add_rate(parser, "samples a second (those of the slowest table)")
    _tables.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Read every dyad, compare, write."""
    ending = args.out.suffix.lower()
    if ending not in ENDINGS:
        raise SignalsError(
            f"expected an ending of {', '.join(ENDINGS)}, got {ending or 'none'} at {args.out}"
        )
    recordings = found(args.places, args.out, tables=_tables.SUFFIXES, together=args.together)
    inputs = [one.inputs for one in recordings if not one.film]
    ready(args.out, args.figure, inputs=[path for paths in inputs for path in paths])
    dyads = _dyads(inputs, args)
    result = _compared(dyads, args)
    origin: Json = {"version": __version__, "command": shlex.join(args.words), "seed": args.seed}
    hashes = [" ".join(file_hash(path) for path in paths) for paths in inputs]
    write_text(args.out, (_json if ending == ".json" else _csv)(result, origin, hashes))
    if args.figure is not None:
        write_text(args.figure, drawn(result))
    print(_said(result), file=sys.stderr)
    return 0


def _compared(dyads: Sequence[Dyad], args: argparse.Namespace) -> Study:
    """Compare the dyads with progress."""
    lengths = Lengths(
        rate_hz=dyads[0].rate_hz if dyads else 0.0,
        window_s=args.window_s,
        max_lag_s=args.max_lag_s,
        hop_s=args.hop_s,
    )
    progress = Progress("dyads", len(dyads))
    result = study(dyads, lengths, draws=args.draws, seed=args.seed, step=progress.step)
    progress.close()
    return result


def _dyads(inputs: Sequence[tuple[Path, ...]], args: argparse.Namespace) -> list[Dyad]:
    """Read the tables; all dyads come to the grid of the slowest."""
    tables = [_tables.read_told(paths, args) for paths in inputs]
    names = [paths[0].stem if len(paths) == 1 else paths[0].parent.name for paths in inputs]

    def at(rate_hz: float | None) -> list[Dyad]:
        people = _tables.words(args.people)
        return [
            dyad(table, name, people=people, channel=args.channel, rate_hz=rate_hz)
            for table, name in zip(tables, names, strict=True)
        ]

    found = at(args.rate_hz)
    slowest = min((one.rate_hz for one in found), default=0.0)
    return found if all(one.rate_hz == slowest for one in found) else at(slowest)


def _row(one: Result) -> Json:
    """Return one flat row."""
    nulls = {
        f"{name}_{key}": value
        for name, held in (("within", one.within), ("between", one.between))
        for key, value in asdict(held).items()
    }
    row = {"dyad": one.name, "seconds": round(one.seconds, 3), "value": one.value, "lag_s": one.lag_s} | nulls
    return {name: finite(value, 6) if isinstance(value, float) else value for name, value in row.items()}


def _csv(result: Study, origin: Json, hashes: Sequence[str]) -> str:
    """Return a row for each dyad and one for all of them."""
    rows = [
        _row(one) | {"effect": None} | origin | {"hash": found}
        for one, found in zip(result.dyads, hashes, strict=True)
    ]
    rows.append(_row(result.all) | {"effect": finite(result.effect, 6)} | origin | {"hash": None})
    text = io.StringIO()
    table = csv.DictWriter(text, rows[0], lineterminator="\n")
    table.writeheader()
    for row in rows:
        table.writerow({name: "" if value is None else value for name, value in row.items()})
    return text.getvalue()


def _json(result: Study, origin: Json, hashes: Sequence[str]) -> str:
    """Return the same with the strength of every pairing."""
    dyads = [_row(one) | {"hash": found} for one, found in zip(result.dyads, hashes, strict=True)]
    pairings = [[finite(value, 6) for value in row] for row in result.pairings.tolist()]
    body = origin | {"effect": finite(result.effect, 6), "all": _row(result.all), "dyads": dyads}
    return json.dumps(body | {"pairings": pairings}, indent=1, allow_nan=False) + "\n"


def _said(result: Study) -> str:
    """Say in one line what came out."""
    one = result.all
    return (
        f"{len(result.dyads)} dyads: mean strength {one.value:.3f}; "
        f"out of step {one.within.mu:.3f}, p {one.within.p:.3g}; "
        f"pseudo-dyads {one.between.mu:.3f}, p {one.between.p:.3g}, d {result.effect:.2f}"
    )
