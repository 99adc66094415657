"""`mimicry-edge signals`: a recording to a table of signals, and to landmarks if asked."""

import argparse
import os
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge.api import MAX_RATE_HZ
from edge.camera.orientation import Orientation
from edge.camera.video import VideoFile
from edge.cli._numbers import real
from edge.cli._progress import Progress
from edge.config import Config, load
from edge.errors import SignalsError, writing
from edge.files import Draft
from edge.landmarks import LANDMARKS_N
from edge.pipeline.recorded import seen
from edge.records import Mesh
from edge.tables import TableWriter

HELP = "write the signals of everybody in a recording, one row per frame and person"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `signals` takes."""
    parser.add_argument("video", type=Path, help="any file ffmpeg reads")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.csv", help="the table")
    parser.add_argument("--landmarks", type=Path, metavar="FILE.npz", help="also write the 468 landmarks")
    parser.add_argument("--config", type=Path, help="YAML file; without one, the defaults")
    parser.add_argument(
        "--rate-hz", type=real(0, MAX_RATE_HZ), metavar="R", help="use at most this number of frames a second"
    )


def run(args: argparse.Namespace) -> int:
    """See every frame of the recording as the service does; nothing after the signals runs."""
    if args.landmarks and not os.access(args.landmarks.parent, os.W_OK):
        raise SignalsError(f"expected a writable folder, got none at {args.landmarks.parent}")
    times: list[float] = []
    meshes: list[Mesh] = []
    rows = 0
    config = load(args.config) if args.config else Config()
    orientation = Orientation.of(config.camera)
    with VideoFile(args.video, orientation=orientation) as video, TableWriter(args.out) as table:
        progress = Progress(args.video.name, video.expected_n)
        for frame, found, expressions in seen(video, args.rate_hz, config):
            progress.step()
            if frame.index == 0:
                table.start(frame.t_ns)
            times.append(frame.t_ns / 1e9)
            meshes += found if args.landmarks else []
            rows += len(expressions)
            for expression in expressions:
                table.write(expression)
        progress.close()
    if args.landmarks:
        _write_landmarks(args.landmarks, times, meshes)
    print(f"{len(times)} frames, {rows} rows in {args.out}", file=sys.stderr)
    return 0


def _write_landmarks(path: Path, times: list[float], meshes: list[Mesh]) -> None:
    """Write t_s [F], frame [N], person [N], points_px [N, 468, 3]."""
    points: NDArray[np.float32] = np.array([mesh.points_px for mesh in meshes], np.float32)
    with writing(path, SignalsError), Draft(path) as part, part.open("wb") as file:
        np.savez_compressed(
            file,
            t_s=np.array(times) - (times[0] if times else 0.0),
            frame=np.array([mesh.index for mesh in meshes], np.int64),
            person=np.array([mesh.person for mesh in meshes], np.int64),
            points_px=points.reshape(-1, LANDMARKS_N, 3),
        )
