"""`stage`: render a scripted scene and its exact ground truth."""

import argparse
import sys
from pathlib import Path

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
    from edge.tflite import manifest

    with Stage(args.script, portraits=manifest.folder() / "portraits") as stage:
        if args.out is not None or args.truth is None:
            write_film(stage, args.out, _progress)
            each_ms = 1e3 * stage.render_s / stage.expected_n
            print(f"{stage.expected_n} frames, {each_ms:.1f} ms of one core each to render", file=sys.stderr)
        if args.truth is not None:
            write_truth(args.truth, stage.script, stage.truth, stage.geometry)
    return 0


def _progress(done: int, total: int) -> None:
    """Show how far the rendering is: a bar on a terminal, a line every tenth otherwise."""
    if sys.stderr.isatty():
        filled = 40 * done // total
        end = "\n" if done == total else ""
        bar = "#" * filled + "." * (40 - filled)
        print(f"\r[{bar}] {done}/{total} frames", end=end, file=sys.stderr, flush=True)
    elif done % max(1, total // 10) == 0:
        print(f"{done}/{total} frames", file=sys.stderr)
