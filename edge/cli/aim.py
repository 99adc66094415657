"""`aim`: commissioning on the device, seat by seat; shows figures and what to change, never a picture."""

import argparse
import json
import logging
import sys
from pathlib import Path

from edge.cli._numbers import real
from edge.config import DEFAULT_PATH, Config, load
from edge.errors import ServiceError
from edge.plain import Json
from edge.service import Alone, audit, become_owner

HELP = "show each seat's size, turn, light and sharpness on this device, and what to change; no pictures"
LONGEST_MIN = 60.0
CLEAR = "\x1b[H\x1b[J"  # of a terminal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--config", type=Path, metavar="FILE", help=f"default: {DEFAULT_PATH}, if there")
    minutes = real(0, LONGEST_MIN)
    parser.add_argument("--minutes", type=minutes, default=10.0, metavar="N", help="default %(default)g")
    parser.add_argument("--json", action="store_true", help="one JSON object a report instead of text")


def run(args: argparse.Namespace) -> int:
    """Aim until the time is over; one line in the system's journal says that it began, one that it ended."""
    from edge.aim import Aim

    path = args.config or (DEFAULT_PATH if DEFAULT_PATH.exists() else None)
    config = load(path) if path else Config()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    state_dir = Path(config.service.state_dir)
    become_owner(state_dir)
    with _alone(state_dir):
        aim = Aim(config, _print_json if args.json else _print_text, minutes=args.minutes)
        aim.requests.listen()
        audit(f"aiming begins, for at most {args.minutes:g} minutes")
        over = "failed"
        try:
            over = aim.run()
        finally:
            audit(f"aiming is over: {over}")
    return 0


def _alone(state_dir: Path) -> Alone:
    """Hold the state folder, and with it the mute."""
    try:
        return Alone(state_dir)
    except ServiceError as error:
        raise ServiceError(f"{error}; stop the service first: sudo systemctl stop mimicry-edge") from error


def _print_json(report: Json) -> None:
    print(json.dumps(report), flush=True)


def _print_text(report: Json) -> None:
    from edge.aim.report import lines

    print((CLEAR if sys.stdout.isatty() else "") + "\n".join(lines(report)), flush=True)
