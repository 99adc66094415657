"""`page`: all rooms, one room, its past and the notice at its door in a browser, from MQTT and a store."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from edge.cli._hub_options import add_hub_options, hub_of
from edge.cli._page_options import add_page_options, where_of
from edge.errors import PublishError

if TYPE_CHECKING:
    from edge.page.archive import Archive

HELP = "show rooms in a browser, from MQTT and a store; to this machine only without --bind"
BROKER = "mqtt://127.0.0.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_hub_options(parser, f"mqtt[s]://[USER@]HOST[:PORT] or ws[s]://..., default {BROKER}; without --store")
    parser.set_defaults(broker="")
    parser.add_argument(
        "--store", default="", metavar="URL", help="of `collect`: every room at once, and its history"
    )
    parser.add_argument(
        "--state", default="", metavar="DIR", help="keep there who has taken note of which alert"
    )
    add_page_options(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    where = where_of(args)
    from edge.page.notes import Notes
    from edge.page.server import Rooms
    from edge.page.site import serve
    from edge.page.station import Station

    args.broker = args.broker or ("" if args.store else BROKER)
    notes = Notes(Path(args.state) if args.state else None)
    connect = partial(hub_of, args) if args.broker else None
    station = Station(connect, _archive(args.store), notes.read())
    print(f"{where.address}  (Ctrl-C ends it)", flush=True)
    serve(Rooms(station, notes).site(), where)
    return 0


def _archive(url: str) -> "Archive | None":
    """Return the store's reader; PublishError names the extra that is not installed."""
    if not url:
        return None
    try:
        from edge.page.archive import Archive
    except ModuleNotFoundError as error:
        text = f"expected the extra 'campus', got no {error.name}: pip install 'mimicry-edge[campus]'"
        raise PublishError(text) from error
    return Archive(url)
