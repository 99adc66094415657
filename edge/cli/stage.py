"""`stage`: render a scripted scene and its exact ground truth."""

import argparse
import sys
from pathlib import Path

from edge.cli._progress import Progress
from edge.outputs import ready

HELP = "render a scripted scene and its exact ground truth"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the script, the video and the truth."""
    parser.add_argument("--script", type=Path, required=True, metavar="FILE.yaml", help="what happens")
    parser.add_argument("--out", type=Path, metavar="VIDEO", help=".mp4 or .mkv (near-lossless H.264)")
    parser.add_argument("--truth", type=Path, metavar="FILE.json", help="ground truth")


def run(args: argparse.Namespace) -> int:
    """Render; without `--out` only the truth is written, without both the script is only timed."""
    from edge.stage import Stage, write_truth
    from edge.stage.film import write_film

    ready(args.out, args.truth, inputs=[args.script])
    with Stage(args.script) as stage:
        if args.out is not None or args.truth is None:
            progress = Progress("frames", stage.expected_n)
            write_film(stage, args.out, progress.step)
            progress.close()
            each_ms = 1e3 * stage.render_s / stage.expected_n
            print(f"{stage.expected_n} frames, {each_ms:.1f} ms of one core each to render", file=sys.stderr)
        if args.truth is not None:
            write_truth(args.truth, stage.script, stage.truth, stage.geometry)
    return 0
