"""`mimicry-edge signals`: a recording to a table of signals, and to landmarks if asked."""

import argparse
import os
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.api import MAX_RATE_HZ
from edge.cli import _together
from edge.cli._numbers import real
from edge.cli._progress import Progress
from edge.config import Config, load
from edge.errors import SignalsError, writing
from edge.files import Draft
from edge.landmarks import LANDMARKS_N
from edge.pipeline.recorded import seen
from edge.pipeline.together import Together
from edge.records import Mesh
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
    if args.landmarks and not os.access(args.landmarks.parent, os.W_OK):
        raise SignalsError(f"expected a writable folder, got none at {args.landmarks.parent}")
    times: list[float] = []
    meshes: list[tuple[int, Mesh]] = []
    rows = 0
    config = load(args.config) if args.config else Config()
    cameras = _together.cameras(config, paths)
    with (
        Together(paths, _together.starts(args, paths), cameras) as films,
        TableWriter(args.out, several=len(paths) > 1) as table,
    ):
        progress = Progress(" + ".join(path.name for path in paths), films.expected_n)
        for frame, found, expressions in seen(films, args.rate_hz, config, cameras):
            progress.step()
            if not times:
                table.start(frame.t_ns)
            times.append(frame.t_ns / 1e9)
            meshes += [(frame.view, mesh) for mesh in found] if args.landmarks else []
            rows += len(expressions)
            for expression in expressions:
                table.write(expression, frame.view)
        progress.close()
    if args.landmarks:
        _write_landmarks(args.landmarks, times, meshes)
    print(f"{len(times)} frames, {rows} rows in {args.out}", file=sys.stderr)
    return 0


def _write_landmarks(path: Path, times: list[float], found: list[tuple[int, Mesh]]) -> None:
    """Write t_s [F], and recording [N], frame [N], person [N], points_px [N, 468, 3] of every face."""
    meshes = [mesh for _, mesh in found]
    points: NDArray[np.float32] = np.array([mesh.points_px for mesh in meshes], np.float32)
    with writing(path, SignalsError), Draft(path) as part, part.open("wb") as file:
        np.savez_compressed(
            file,
            t_s=np.array(times) - (times[0] if times else 0.0),
            recording=np.array([view + 1 for view, _ in found], np.int64),
            frame=np.array([mesh.index for mesh in meshes], np.int64),
            person=np.array([mesh.person for mesh in meshes], np.int64),
            points_px=points.reshape(-1, LANDMARKS_N, 3),
        )
