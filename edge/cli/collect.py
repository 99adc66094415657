"""`collect`: writes what the devices of a campus publish into a store, each result once."""

import argparse
import logging
import signal
from types import FrameType

from edge.cli._numbers import seconds

HELP = "collect what many devices publish into a store: each result once, gaps asked for again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--broker",
        default="mqtt://127.0.0.1",
        metavar="URL",
        help="mqtt[s]://[USER@]HOST[:PORT] or ws[s]://...",
    )
    parser.add_argument(
        "--store", required=True, metavar="URL", help="sqlite:///FILE or postgresql://[USER@]HOST/DATABASE"
    )
    parser.add_argument("--site", default="+", help="default: every site")
    parser.add_argument("--topic-prefix", default="", metavar="PREFIX", help="as in publish.topic_prefix")
    parser.add_argument("--client-id", default="mimicry-collect", metavar="ID", help="default %(default)s")
    parser.add_argument("--share", default="", metavar="NAME", help="share the messages with equal consumers")
    parser.add_argument("--password-file", default="", metavar="FILE", help="password of the user in the URL")
    parser.add_argument("--ca-file", default="", metavar="FILE", help="authority of the hub, PEM")
    parser.add_argument("--cert-file", default="", metavar="FILE", help="client certificate, PEM")
    parser.add_argument("--key-file", default="", metavar="FILE", help="its key, PEM")
    parser.add_argument(
        "--patience-s", type=seconds, default=20.0, metavar="N", help="before a gap is asked for (20)"
    )


def run(args: argparse.Namespace) -> int:
    """Collect until SIGTERM or SIGINT."""
    from edge.campus.collector import Collector
    from edge.campus.mqtt import MqttSource
    from edge.campus.store import Store
    from edge.hub.login import login_of

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    files = {name: getattr(args, name) for name in ("password_file", "ca_file", "cert_file", "key_file")}
    login = login_of(args.broker, password="", client_id=args.client_id, **files)
    store = Store(args.store)
    source = MqttSource(login, site=args.site, topic_prefix=args.topic_prefix, share=args.share)
    collector = Collector(source, store, patience_s=args.patience_s)

    def stop(_number: int, _stack: FrameType | None) -> None:
        collector.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    try:
        collector.run()
    finally:
        source.close()
        store.close()
    return 0
