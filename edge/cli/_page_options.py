"""Options of commands that show pages in a browser: where, and who is let in."""

import argparse
from importlib.util import find_spec
from pathlib import Path

from edge.cli._numbers import whole
from edge.credentials import password_of
from edge.errors import PublishError
from edge.page.where import LOOPBACK, Where

PORT = 8585
SHORTEST = 8  # characters of a password
LIBRARIES = ("nicegui", "fastapi", "uvicorn")


def add_page_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--port", type=whole(1, 65535), default=PORT, metavar="N", help="default %(default)s")
    parser.add_argument(
        "--bind", default=LOOPBACK, metavar="ADDRESS", help="or the path of a socket; default %(default)s"
    )
    parser.add_argument(
        "--login-file", default="", metavar="FILE", help="password of the page, needed with --bind"
    )
    parser.add_argument(
        "--proxied", action="store_true", help="a reverse proxy in front decides who is let in: no password"
    )


def where_of(args: argparse.Namespace) -> Where:
    """Return where pages are to be served; PublishError without the extra, or open to the network."""
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        text = f"expected the extra 'page', got no {missing[0]}: pip install 'mimicry-edge[page]'"
        raise PublishError(text)
    password = _password(args)
    return Where(host=args.bind, port=args.port, password=password, proxied=args.proxied)


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
