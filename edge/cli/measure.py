"""`mimicry-edge measure`: the fourteen measures on signals from anywhere."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from edge.cli._numbers import whole
from edge.config.sections import EventsSection, ExpressionSection, MeasuresSection, MimicrySection
from edge.errors import SignalsError, writing
from edge.events import Spotter
from edge.expression import Expressions
from edge.files import write_whole
from edge.measures import Measures
from edge.mimicry import Mimicry
from edge.plain import Json, finite, whom
from edge.privacy.content import judged
from edge.records import CHANNELS, Expression, Measure, Movement
from edge.tables import Table, read

HELP = "compute the measures of a signals table, with nulls, p, n, coverage, state"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `measure` takes."""
    parser.add_argument("table", type=Path, metavar="SIGNALS.csv", help="t_s, person and numeric channels")
    parser.add_argument("--measures", default="", metavar="NAME,...", help="only these (all)")
    parser.add_argument(
        "--surrogates", type=whole(19, 999), default=39, metavar="N", help="draws of null N1 (39)"
    )
    parser.add_argument(
        "--seed", type=whole(0, 2**31 - 1), default=1, metavar="S", help="seed of every random draw (1)"
    )
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="where to write (standard output)")


def run(args: argparse.Namespace) -> int:
    """Read, measure, write."""
    names = tuple(name.strip() for name in args.measures.split(",") if name.strip())
    section = MeasuresSection(enabled=names, seed=args.seed)
    mimicry = MimicrySection(surrogates=args.surrogates)
    measures = measured(read(args.table), section, mimicry)
    text = json.dumps([body(one) for one in measures], indent=1, allow_nan=False) + "\n"
    if args.out is None:
        sys.stdout.write(text)
        return 0
    with writing(args.out, SignalsError):
        write_whole(args.out, text)
    return 0


def measured(table: Table, section: MeasuresSection, mimicry: MimicrySection) -> list[Measure]:
    """Send a whole table through the rooms; return the measures at its end."""
    units = any(name in CHANNELS for name in table.channels)
    grid = Mimicry(mimicry, CHANNELS if units else table.channels)
    measures = Measures(section, mimicry, live=False)
    spotter = Spotter(EventsSection())
    events: list[Movement] = []
    for expressions in _calibrated(table) if units else table.samples():
        if units:
            events = [event for one in expressions for event in spotter.update(one)]
        tick = grid.update(expressions, events)
        if tick is not None:
            measures.update(tick)
    grid.update((), spotter.finish() if units else ())
    last = grid.flush()
    if last is not None:
        measures.update(last)
    return measures.result()


def body(one: Measure) -> Json:
    """Return one measure as plain JSON; not measurable is null."""
    head = {"type": "measure", "name": one.name, "subject": list(one.subject)} | whom(one.subject)
    return (
        head
        | {"t_s": one.t_ns / 1e9, "value": finite(one.value), "unit": one.unit}
        | judged(one, digits=None)
        | {
            "lag_s": finite(one.lag_s),
            "extra": {name: finite(value) for name, value in one.extra.items()},
        }
    )


def _calibrated(table: Table) -> Iterator[list[Expression]]:
    """Yield action units, filtered and calibrated as in the service."""
    people = Expressions(ExpressionSection())
    for expressions in table.expressions():
        yield [people.update_raw(one) for one in expressions]
