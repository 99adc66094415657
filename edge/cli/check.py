"""`check`: everything the service needs on this device, ok or FAIL with the exact fix; exit 1 on any FAIL."""

import argparse
from itertools import chain
from pathlib import Path

from edge.config import DEFAULT_PATH, Config, load

HELP = "check camera, models, hub, clock, disk and permissions, and print the fix for what fails"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the configuration and what to leave out."""
    parser.add_argument("--config", type=Path, metavar="FILE", help=f"default: {DEFAULT_PATH}, if there")
    parser.add_argument(
        "--skip", default="", metavar="NAME,...", help="subjects not to look at, such as clock,broker"
    )


def run(args: argparse.Namespace) -> int:
    """Print one line a subject; a configuration with errors raises ConfigError (exit 78)."""
    from edge.cli._findings import configuration, findings

    path = args.config or (DEFAULT_PATH if DEFAULT_PATH.exists() else None)
    config = load(path) if path else Config()
    skipped, failed = set(args.skip.split(",")), False
    for finding in chain([configuration(config, path)], findings(config, skipped)):
        print(f"{'ok  ' if finding.fine else 'FAIL'}  {finding.subject:<12} {finding.text}", flush=True)
        if not finding.fine:
            failed = True
            print(f"      {'':<12} fix: {finding.fix}")
    return int(failed)
