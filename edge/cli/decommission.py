"""`decommission`: takes the device off its hub, so that no dashboard keeps it."""

import argparse
from contextlib import nullcontext
from pathlib import Path

from edge.cli._hub_probe import password_of
from edge.config import DEFAULT_PATH, load
from edge.errors import PublishError

HELP = "empty what the hub and Home Assistant keep of this device; the service must be stopped"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the configuration."""
    parser.add_argument("--config", type=Path, default=DEFAULT_PATH, help="YAML file, default %(default)s")


def run(args: argparse.Namespace) -> int:
    """Print each topic; exit 1 if the hub refused one."""
    from edge.publish.decommission import decommission
    from edge.service import Alone

    config = load(args.config)
    folder = Path(config.service.state_dir)
    if not config.publish.host:
        raise PublishError("expected the address of the room hub, got nothing at publish.host")
    with Alone(folder) if folder.exists() else nullcontext():
        done = decommission(config.publish, folder, password_of(config.publish))
    for topic, emptied in done.items():
        print(f"{'ok    emptied' if emptied else 'FAIL  the hub refuses to empty'} {topic}")
    return int(not all(done.values()))
