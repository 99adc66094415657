"""Options of the commands that take several recordings of one meeting, and where each begins."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from edge.config import Config
from edge.config.sections import CameraSection
from edge.errors import SignalsError
from edge.pipeline.together import Start, by_sound

LONGEST_S = 86400.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--together", action="store_true", help="the recordings show one meeting, with a camera each"
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--offset-s",
        type=_seconds,
        metavar="X,Y,...",
        help="when each recording began, s on any common clock (default: all at once); --offset-s=-1,0",
    )
    how.add_argument(
        "--sync-audio", action="store_true", help="find when each recording began from their sound tracks"
    )


def check(args: argparse.Namespace, paths: Sequence[Path]) -> None:
    """Refuse options that do not fit one another or the number of recordings."""
    if not args.together:
        if args.offset_s is not None or args.sync_audio:
            raise SignalsError("expected --together beside --offset-s or --sync-audio, got none")
        return
    if len(paths) < 2:
        raise SignalsError(f"expected two recordings or more with --together, got {len(paths)}")
    tables = [path for path in paths if path.suffix.lower() == ".csv"]
    if tables:
        raise SignalsError(f"expected recordings with --together, got a table at {tables[0]}")
    if args.offset_s is not None and len(args.offset_s) != len(paths):
        raise SignalsError(
            f"expected {len(paths)} numbers, one for each recording, got {len(args.offset_s)} at --offset-s"
        )


def starts(args: argparse.Namespace, paths: Sequence[Path]) -> list[Start]:
    """Return when each recording began; what the sound tracks say goes to stderr with its certainty."""
    if not args.sync_audio:
        return [Start(at_s=at_s) for at_s in args.offset_s or [0.0] * len(paths)]
    begun = [Start()]
    for path, one in zip(paths[1:], by_sound(paths), strict=True):
        begun.append(Start(at_s=one.offset_s, drift=one.drift))
        certain = f"sd {1000 * one.spread_s:.1f} ms, {one.agreeing} of {one.pieces} pieces agree"
        drifting = f"its clock slow by {1e6 * one.drift:.0f} ppm" if one.drift else "no drift looked for"
        where = f"{one.offset_s:+.4f} s after {paths[0].name}"
        print(f"{path.name} begins {where} ({certain}; {drifting})", file=sys.stderr)
    return begun


def cameras(config: Config, paths: Sequence[Path]) -> tuple[CameraSection, ...]:
    """Return the settings for the recordings: how their cameras hung."""
    return config.cameras if len(config.cameras) == len(paths) else (config.camera,) * len(paths)


def _seconds(text: str) -> list[float]:
    """Read numbers with commas between them."""
    try:
        values = [float(one) for one in text.split(",")]
    except ValueError:
        values = []
    if not values or not all(abs(one) <= LONGEST_S for one in values):
        raise argparse.ArgumentTypeError(f"expected numbers such as 0,0.412, got {text!r}")
    return values
