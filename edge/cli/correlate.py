"""`mimicry-edge correlate`: windowed lagged correlation of two columns of a CSV."""

import argparse
import sys
from pathlib import Path

from edge.errors import SignalsError, writing
from edge.files import write_whole
from edge.tables import columns
from edge.windows import correlate, fisher, lines, magnitude

HELP = "correlate two columns of a CSV over windows and lags"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `correlate` takes."""
    parser.add_argument("table", type=Path, metavar="FILE.csv", help="table with a header")
    parser.add_argument("--rate-hz", type=float, required=True, metavar="R", help="samples a second")
    parser.add_argument("--window-s", type=float, required=True, metavar="W", help="length of a window")
    parser.add_argument("--max-lag-s", type=float, required=True, metavar="L", help="lags from -L to +L")
    parser.add_argument("--hop-s", type=float, required=True, metavar="H", help="from window to window")
    parser.add_argument(
        "--columns", default="", metavar="A,B", help="two column names (the first two columns)"
    )
    parser.add_argument("--fisher-z", action="store_true", help="Fisher z, clamped to +-10, instead of r")
    parser.add_argument("--abs", action="store_true", help="absolute values, after Fisher z")
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="where to write (standard output)")


def run(args: argparse.Namespace) -> int:
    """Read, correlate, write."""
    names = args.columns.split(",") if args.columns else []
    if args.columns and len(names) != 2:
        raise SignalsError(f"expected two column names A,B, got {args.columns!r} at --columns")
    x, y = columns(args.table, names)
    windows = correlate(
        x, y, rate_hz=args.rate_hz, window_s=args.window_s, max_lag_s=args.max_lag_s, hop_s=args.hop_s
    )
    windows = fisher(windows) if args.fisher_z else windows
    windows = magnitude(windows) if args.abs else windows
    if args.out:
        with writing(args.out, SignalsError):
            write_whole(args.out, "".join(f"{line}\n" for line in lines(windows)))
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines(windows))
    return 0
