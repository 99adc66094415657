"""`watch`: a live terminal view of a device, from what it publishes over MQTT and nothing else."""

import argparse
from pathlib import Path

from edge.cli._numbers import seconds
from edge.errors import PublishError

HELP = "show the live view of a device from MQTT"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--broker",
        default="mqtt://127.0.0.1",
        metavar="URL",
        help="mqtt[s]://[USER@]HOST[:PORT], default %(default)s",
    )
    parser.add_argument("--device", default="+", metavar="ID", help="default: the first device heard")
    parser.add_argument("--site", default="+", help="default: every site")
    parser.add_argument("--topic-prefix", default="", metavar="PREFIX", help="as in publish.topic_prefix")
    parser.add_argument("--password-file", type=Path, metavar="FILE", help="password of the user in the URL")
    parser.add_argument("--once", action="store_true", help="draw one screen and end")
    parser.add_argument("--headless", action="store_true", help="plain lines instead of a screen")
    parser.add_argument(
        "--svg", type=Path, metavar="FILE", help="write the last screen as a picture at the end"
    )
    parser.add_argument("--seconds", type=seconds, metavar="N", help="end after N seconds")


def run(args: argparse.Namespace) -> int:
    """Connect and show until interrupted."""
    from edge.cli.view import picture, show
    from edge.hub import Hub

    password = "" if args.password_file is None else _password(args.password_file)
    with Hub(
        args.broker, device=args.device, site=args.site, topic_prefix=args.topic_prefix, password=password
    ) as hub:
        view = show(hub, headless=args.headless, once=args.once, seconds=args.seconds)
    if args.seconds and not view.heard:
        raise PublishError(f"expected a device within {args.seconds:g} s, got none at {args.broker}")
    if args.svg is not None:
        picture(view, args.svg)
    return 0


def _password(path: Path) -> str:
    """Content of a password file."""
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "something that is not UTF-8"
        raise PublishError(f"expected a readable password file, got {reason} at {path}") from error
