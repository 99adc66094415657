"""`aim`: commissioning on the device, seat by seat; shows figures and what to change, never a picture."""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.cli._numbers import real
from edge.cli._page_options import add_page_options, where_of
from edge.config import DEFAULT_PATH, Config, load
from edge.errors import ServiceError
from edge.page.where import Where
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
    parser.add_argument("--page", action="store_true", help="in a browser as well (extra page)")
    add_page_options(parser)


def run(args: argparse.Namespace) -> int:
    """Aim until the time is over; one line in the system's journal says that it began, one that it ended."""
    from edge.aim import Aim

    path = args.config or (DEFAULT_PATH if DEFAULT_PATH.exists() else None)
    config = load(path) if path else Config()
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    state_dir = Path(config.service.state_dir)
    where = where_of(args) if args.page else None
    become_owner(state_dir)
    with _alone(state_dir), _shown(_print_json if args.json else _print_text, where) as say:
        aim = Aim(config, say, minutes=args.minutes)
        aim.requests.listen()
        audit(f"aiming begins, for at most {args.minutes:g} minutes")
        over = "failed"
        try:
            over = aim.run()
        finally:
            audit(f"aiming is over: {over}")
    return 0


@contextmanager
def _shown(printed: Callable[[Json], None], where: Where | None) -> Iterator[Callable[[Json], None]]:
    """Yield what shows a report: printed, and in browsers as well if there is a place for a page."""
    if where is None:
        yield printed
        return
    from edge.page.aiming import AimPage

    page = AimPage()

    def say(report: Json) -> None:
        page.say(report)
        printed(report)

    with page.serving(where):
        print(f"open {where.address} in a browser", file=sys.stderr, flush=True)
        yield say


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
