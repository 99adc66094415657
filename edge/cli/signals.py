"""`mimicry-edge signals`: a recording to a table of signals, and to landmarks if asked."""

import argparse
import sys
from contextlib import nullcontext
from pathlib import Path

from edge.api import MAX_RATE_HZ
from edge.cli import _together
from edge.cli._landmarks import LandmarksWriter
from edge.cli._numbers import real
from edge.cli._origin import beside, origin, write_beside
from edge.cli._progress import Progress
from edge.config import Config, load
from edge.errors import SignalsError
from edge.outputs import ready
from edge.pipeline.recorded import seen
from edge.pipeline.together import Together
from edge.tables import TableWriter

HELP = "write the signals of everybody in a recording, one row per frame and person"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `signals` takes."""
    parser.add_argument("videos", nargs="+", type=Path, metavar="VIDEO", help="any file ffmpeg reads")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.csv", help="the table")
    parser.add_argument("--landmarks", type=Path, metavar="FILE.npz", help="also write the 468 landmarks")
    parser.add_argument("--config", type=Path, help="YAML file; without one, the defaults")
    parser.add_argument(
        "--rate-hz", type=real(0, MAX_RATE_HZ), metavar="R", help="use at most this number of frames a second"
    )
    _together.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """See every frame of the recordings as the service does; nothing after the signals runs."""
    paths: list[Path] = args.videos
    if len(paths) > 1 and not args.together:
        raise SignalsError(f"expected one recording, or --together, got {len(paths)} recordings")
    _together.check(args, paths)
    ready(
        args.out, args.landmarks, beside(args.out), inputs=[*paths, *([args.config] if args.config else [])]
    )
    rows = frames = first_ns = last_ns = 0
    config = load(args.config) if args.config else Config()
    cameras = _together.cameras(config, paths)
    with (
        Together(paths, _together.starts(args, paths), cameras) as films,
        TableWriter(args.out, several=len(paths) > 1) as table,
        LandmarksWriter(args.landmarks) if args.landmarks else nullcontext() as landmarks,
    ):
        progress = Progress(" + ".join(path.name for path in paths), films.expected_n)
        for frame, found, expressions in seen(films, args.rate_hz, config, cameras):
            progress.step()
            if not frames:
                first_ns = frame.t_ns
                table.start(first_ns)
            last_ns = frame.t_ns - first_ns
            if landmarks is not None:
                landmarks.add(frame.t_ns / 1e9, frame.view, found)
            frames, rows = frames + 1, rows + len(expressions)
            for expression in expressions:
                table.write(expression, frame.view)
        progress.close()
    told = origin(args.words, paths, config, films=True)
    write_beside(args.out, told | {"over_s": [0.0, last_ns / 1e9]})
    speed = _speed(last_ns / 1e9, progress.took_s)
    print(f"{frames} frames, {rows} rows in {args.out}; {speed}", file=sys.stderr)
    return 0


def _speed(film_s: float, took_s: float) -> str:
    """Say how many times faster than the film the work was."""
    return f"{film_s:.1f} s of film in {took_s:.1f} s, {film_s / took_s:.3g} x real time"
