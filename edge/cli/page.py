"""`page`: all rooms, one room, its past and the notice at its door in a browser, from MQTT and a store."""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from edge.cli._hub_options import add_hub_options, hub_of
from edge.cli._numbers import whole
from edge.credentials import password_of
from edge.errors import PublishError

if TYPE_CHECKING:
    from edge.page.archive import Archive

HELP = "show rooms in a browser, from MQTT and a store; to this machine only without --bind"
BROKER = "mqtt://127.0.0.1"
LOOPBACK = "127.0.0.1"
PORT = 8585
SHORTEST = 8  # characters of a password


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_hub_options(parser, f"mqtt[s]://[USER@]HOST[:PORT] or ws[s]://..., default {BROKER}; without --store")
    parser.set_defaults(broker="")
    parser.add_argument(
        "--store", default="", metavar="URL", help="of `collect`: every room at once, and its history"
    )
    parser.add_argument("--port", type=whole(1, 65535), default=PORT, metavar="N", help="default %(default)s")
    parser.add_argument("--bind", default=LOOPBACK, metavar="ADDRESS", help="or the path of a socket")
    parser.add_argument(
        "--login-file", default="", metavar="FILE", help="password of the page, needed with --bind"
    )
    parser.add_argument(
        "--state", default="", metavar="DIR", help="keep there who has taken note of which alert"
    )
    parser.add_argument(
        "--proxied", action="store_true", help="a reverse proxy in front decides who is let in: no password"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    password = _password(args)
    try:
        from edge.page.access import Access
        from edge.page.server import Site, serve
    except ModuleNotFoundError as error:
        text = f"expected the extra 'page', got no {error.name}: pip install 'mimicry-edge[page]'"
        raise PublishError(text) from error
    from edge.page.notes import Notes
    from edge.page.station import Station

    local = args.bind == LOOPBACK and not args.proxied
    access = partial(Access, password=password, loopback_only=local, proxied=args.proxied)
    args.broker = args.broker or ("" if args.store else BROKER)
    notes = Notes(Path(args.state) if args.state else None)
    connect = partial(hub_of, args) if args.broker else None
    station = Station(connect, _archive(args.store), notes.read())
    at = args.bind if "/" in args.bind else f"http://{args.bind}:{args.port}"
    print(f"{at}  (Ctrl-C ends it)", flush=True)
    serve(Site(station, notes), access, host=args.bind, port=args.port)
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


def _password(args: argparse.Namespace) -> str:
    """Return the password of the page; PublishError where the network would get in without one."""
    if args.login_file:
        password = password_of(Path(args.login_file), args.login_file)
        if len(password) < SHORTEST:
            text = f"expected a password of {SHORTEST} characters, got {len(password)} at --login-file"
            raise PublishError(text)
        return password
    if args.bind != LOOPBACK and not args.proxied:
        raise PublishError(
            f"expected --login-file FILE or --proxied with --bind, got neither for {args.bind}"
        )
    return ""
