"""`healthcheck`: exit 0 while the service makes progress and hears its hub; for updates and monitors."""

import argparse
import time
from pathlib import Path

from edge.errors import ServiceError
from edge.service import FRESH_S, PROGRESS, deafness, hub_troubles, progress_age_s, runtime_file

HELP = "exit 0 when the running service makes progress and hears its hub"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to look."""
    parser.add_argument("--file", type=Path, default=runtime_file(PROGRESS), help="default: %(default)s")


def run(args: argparse.Namespace) -> int:
    """Print the age of the last progress; too old, none, deafness or refusals raise ServiceError (exit 1)."""
    age_s = progress_age_s(args.file, time.monotonic())
    if not 0 <= age_s <= FRESH_S:
        raise ServiceError(
            f"expected progress within {FRESH_S:g} s, got the last {age_s:.0f} s ago at {args.file}"
        )
    if reason := deafness(args.file):
        raise ServiceError(f"expected a service that hears its hub, got a deaf one: {reason}")
    if troubles := hub_troubles(args.file):
        raise ServiceError(f"expected a hub that refuses nothing, got: {'; '.join(troubles)}")
    print(f"ok: progress {age_s:.1f} s ago")
    return 0
