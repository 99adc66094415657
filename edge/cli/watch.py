"""`watch`: a live terminal view of a device, from what it publishes over MQTT and nothing else."""

import argparse
from pathlib import Path

from edge.cli._hub_options import add_hub_options, hub_of
from edge.cli._numbers import seconds
from edge.errors import PublishError

HELP = "show the live view of a device from MQTT"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_hub_options(parser)
    parser.add_argument("--device", default="+", metavar="ID", help="default: the first device heard")
    parser.add_argument("--once", action="store_true", help="draw one screen and end")
    parser.add_argument("--headless", action="store_true", help="plain lines instead of a screen")
    parser.add_argument(
        "--svg", type=Path, metavar="FILE", help="write the last screen as a picture at the end"
    )
    parser.add_argument("--seconds", type=seconds, metavar="N", help="end after N seconds")


def run(args: argparse.Namespace) -> int:
    """Connect and show until interrupted."""
    from edge.cli.view import picture, show

    with hub_of(args, args.device) as hub:
        view = show(hub, headless=args.headless, once=args.once, seconds=args.seconds)
        reason = hub.trouble or "none"
    if args.seconds and not view.heard:
        raise PublishError(f"expected a device within {args.seconds:g} s, got {reason!r} at {args.broker}")
    if args.svg is not None:
        picture(view, args.svg)
    return 0
