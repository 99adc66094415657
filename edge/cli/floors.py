"""`floors`: keeps the figures of floors and buildings as topics of a hub."""

import argparse
import logging
import signal
from contextlib import closing

from edge.cli._hub_options import add_hub_options

HELP = "keep the hourly figures of floors and buildings, of at least k rooms, as topics of a hub"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_hub_options(parser)
    parser.add_argument(
        "--store", required=True, metavar="URL", help="of `collect`: sqlite:///FILE or postgresql://..."
    )


def run(args: argparse.Namespace) -> int:
    """Keep the topics until SIGTERM or SIGINT."""
    from edge.campus.topics import FloorTopics
    from edge.hub.login import login_of

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    files = {name: getattr(args, name) for name in ("password_file", "ca_file", "cert_file", "key_file")}
    login = login_of(args.broker, password="", client_id="", **files)
    topics = FloorTopics(args.store, login, site=args.site, topic_prefix=args.topic_prefix)
    with closing(topics):
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: topics.stop())
        topics.run()
    return 0
