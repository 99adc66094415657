"""Options of commands that listen to a hub: where it is, who asks, and what of it is read."""

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.hub import Hub


def add_hub_options(
    parser: argparse.ArgumentParser,
    urls: str = "mqtt[s]://[USER@]HOST[:PORT] or ws[s]://..., default %(default)s",
) -> None:
    """Declare the options; `urls` says which addresses there are."""
    parser.add_argument("--broker", default="mqtt://127.0.0.1", metavar="URL", help=urls)
    parser.add_argument("--site", default="+", help="default: every site")
    parser.add_argument("--topic-prefix", default="", metavar="PREFIX", help="as in publish.topic_prefix")
    parser.add_argument("--password-file", default="", metavar="FILE", help="password of the user in the URL")
    parser.add_argument("--ca-file", default="", metavar="FILE", help="authority of the hub, PEM")
    parser.add_argument("--cert-file", default="", metavar="FILE", help="client certificate, PEM")
    parser.add_argument("--key-file", default="", metavar="FILE", help="its key, PEM")


def hub_of(args: argparse.Namespace, device: str, kinds: tuple[str, ...] | None = None) -> "Hub":
    """Connect to one device, or with `+` to all, for these kinds of messages; None: all kinds."""
    from edge.hub import KINDS, Hub

    return Hub(
        args.broker,
        device=device,
        site=args.site,
        topic_prefix=args.topic_prefix,
        password_file=args.password_file,
        ca_file=args.ca_file,
        cert_file=args.cert_file,
        key_file=args.key_file,
        kinds=KINDS if kinds is None else kinds,
    )
