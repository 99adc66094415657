"""`mimicry-edge correlate`: windowed lagged correlation of two people, or two columns, of a table."""

import argparse
import sys
from pathlib import Path

from edge.cli import _tables
from edge.cli._origin import beside, origin, write_beside
from edge.config import Config
from edge.errors import SignalsError
from edge.outputs import ready, write_text
from edge.tables import two
from edge.windows import correlate, fisher, lines, magnitude

HELP = "correlate two people, or two columns, of a table over windows and lags"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `correlate` takes."""
    parser.add_argument("tables", type=Path, nargs="+", metavar="FILE", help="one table, or one a person")
    _tables.add_rate(parser, "samples a second (those of the table)")
    parser.add_argument("--window-s", type=float, required=True, metavar="W", help="length of a window")
    parser.add_argument("--max-lag-s", type=float, required=True, metavar="L", help="lags from -L to +L")
    parser.add_argument("--hop-s", type=float, required=True, metavar="H", help="from window to window")
    parser.add_argument("--people", default="", metavar="A,B", help="two people (the only two)")
    parser.add_argument("--channel", metavar="NAME", help="what is compared (the only one, or the smile)")
    parser.add_argument("--columns", default="", metavar="A,B", help="two columns by name instead")
    parser.add_argument("--fisher-z", action="store_true", help="Fisher z, clamped to +-10, instead of r")
    parser.add_argument("--abs", action="store_true", help="absolute values, after Fisher z")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="where to write (standard output)")
    _tables.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Read, correlate, write."""
    names = _tables.words(args.columns)
    if args.columns and len(names) != 2:
        raise SignalsError(f"expected two column names A,B, got {args.columns!r} at --columns")
    ready(args.out, beside(args.out), inputs=args.tables)
    table = _tables.read_told(args.tables, args, names)
    x, y, rate_hz, told = two(
        table, people=_tables.words(args.people), channel=args.channel, rate_hz=args.rate_hz
    )
    print(f"{told}, {len(x)} samples at {rate_hz:.6g} Hz", file=sys.stderr)
    windows = correlate(
        x, y, rate_hz=rate_hz, window_s=args.window_s, max_lag_s=args.max_lag_s, hop_s=args.hop_s
    )
    windows = fisher(windows) if args.fisher_z else windows
    windows = magnitude(windows) if args.abs else windows
    write_text(args.out, "".join(f"{line}\n" for line in lines(windows)))
    span = [float(table.t_s[0]), float(table.t_s[-1])]
    write_beside(args.out, origin(args.words, args.tables, Config(), films=False) | {"over_s": span})
    return 0
