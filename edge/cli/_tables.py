"""What commands that read tables have in common: options, progress, and what was recognised."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from edge.cli._progress import Progress
from edge.errors import SignalsError
from edge.tables import Table, read
from edge.tables.clock import FACTORS, rate_hz
from edge.tables.formats import FORMATS

SHOWN = 12  # people and channels that are listed
SUFFIXES = {".csv", ".tsv", ".txt", ".tab", ".dat"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what a table cannot say of itself."""
    parser.add_argument(
        "--format", choices=(*FORMATS, "table"), help="program that wrote the table (recognised)"
    )
    parser.add_argument("--time", metavar="COLUMN", help="column of the time (found by name)")
    parser.add_argument("--time-unit", choices=tuple(FACTORS), help="unit of the time (by name and steps)")
    parser.add_argument("--person", metavar="COLUMN", help="column of the person (found by name)")


def add_rate(parser: argparse.ArgumentParser, text: str) -> None:
    """Add the rate of frames or rows."""
    parser.add_argument("--rate-hz", type=float, metavar="R", help=text)


def is_table(path: Path) -> bool:
    """Whether an input is a table by its name; `-` is one."""
    return path.suffix.lower() in SUFFIXES or path == Path("-")


def words(text: str) -> list[str]:
    """Split a list on the command line."""
    return [word.strip() for word in text.split(",") if word.strip()]


def read_told(paths: Sequence[Path], args: argparse.Namespace, columns: Sequence[str] = ()) -> Table:
    """Read tables of one meeting with progress, and write what was recognised to stderr."""
    title = " + ".join(path.name for path in paths)
    progress = Progress(f"{title}, rows")
    table = read(
        *paths,
        format=args.format,
        rate_hz=args.rate_hz,
        time=args.time,
        time_unit=args.time_unit,
        person=args.person,
        columns=columns,
        step=progress.step,
    )
    progress.close()
    print(f"{title}: {described(table)}", file=sys.stderr)
    return table


def described(table: Table) -> str:
    """Say in one line what is in a table."""
    counts = {one: table.t_s[table.person == one] for one in table.people}
    people = ", ".join(
        f"{table.label(one)} ({len(times)} rows, {rate_hz(times):.4g} Hz)"
        for one, times in list(counts.items())[:SHOWN]
    )
    more = ", ..." if len(counts) > SHOWN else ""
    channels = ", ".join(table.channels[:SHOWN]) + (", ..." if len(table.channels) > SHOWN else "")
    return (
        f"{'; '.join(table.notes)}; {table.t_s[-1] - table.t_s[0]:.6g} s; people {people}{more}; "
        f"channels {channels}"
    )


def names(text: str) -> list[str] | dict[int, str]:
    """Split names from left to right, `A,B`, or by number, `837=A,853=B`; refuse what is neither."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    pairs = [
        (number.strip(), name.strip())
        for number, sign, name in (part.partition("=") for part in parts)
        if sign
    ]
    given = [name for _, name in pairs] or parts
    if (
        len(pairs) not in {0, len(parts)}
        or not all(given)
        or not all(number.isdecimal() for number, _ in pairs)
    ):
        raise SignalsError(f"expected names such as A,B or 837=A,853=B, got {text!r} at --names")
    if len(set(given)) < len(given):
        raise SignalsError(f"expected different names, got {text!r} at --names")
    return {int(number): name for number, name in pairs} if pairs else parts
