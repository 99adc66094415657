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
        help="mqtt[s]://[USER@]HOST[:PORT] or ws[s]://..., default %(default)s",
    )
    parser.add_argument("--device", default="+", metavar="ID", help="default: the first device heard")
    parser.add_argument("--site", default="+", help="default: every site")
    parser.add_argument("--topic-prefix", default="", metavar="PREFIX", help="as in publish.topic_prefix")
    parser.add_argument("--password-file", default="", metavar="FILE", help="password of the user in the URL")
    parser.add_argument("--ca-file", default="", metavar="FILE", help="authority of the hub, PEM")
    parser.add_argument("--cert-file", default="", metavar="FILE", help="client certificate, PEM")
    parser.add_argument("--key-file", default="", metavar="FILE", help="its key, PEM")
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

    files = {name: getattr(args, name) for name in ("password_file", "ca_file", "cert_file", "key_file")}
    with Hub(args.broker, device=args.device, site=args.site, topic_prefix=args.topic_prefix, **files) as hub:
        view = show(hub, headless=args.headless, once=args.once, seconds=args.seconds)
        reason = hub.trouble or "none"
    if args.seconds and not view.heard:
        raise PublishError(f"expected a device within {args.seconds:g} s, got {reason!r} at {args.broker}")
    if args.svg is not None:
        picture(view, args.svg)
    return 0
