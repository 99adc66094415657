"""`collect`: writes what the devices of a campus publish into a store, each result once."""

import argparse
import logging
import signal
import sys
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

from edge.cli._hub_options import add_hub_options
from edge.cli._numbers import real, seconds, whole
from edge.errors import CampusError
from edge.outputs import ready

LAST_MS = 1 << 62
HELP = "collect what many devices publish into a store: each result once, gaps asked for again"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    add_hub_options(parser, "mqtt[s]://, ws[s]:// or amqp[s]://[USER@]HOST[:PORT][,HOST...]")
    parser.add_argument(
        "--store", required=True, metavar="URL", help="sqlite:///FILE or postgresql://[USER@]HOST/DATABASE"
    )
    parser.add_argument("--client-id", default="mimicry-collect", metavar="ID", help="default %(default)s")
    parser.add_argument("--share", default="", metavar="NAME", help="share the messages with equal consumers")
    parser.add_argument(
        "--keep-days", type=real(0, 36525), metavar="N", help="then results go (default: never)"
    )
    parser.add_argument("--metrics-host", default="127.0.0.1", metavar="HOST", help="default %(default)s")
    parser.add_argument("--metrics-port", type=whole(1, 65535), metavar="N", help="serve Prometheus there")
    parser.add_argument("--export", metavar="NAME", help="write a table or view of the store and end")
    parser.add_argument("--out", type=Path, default=Path("-"), metavar="FILE", help="its .csv or .parquet")
    parser.add_argument("--since", type=day_ms, default=0, metavar="DAY", help="results from 2026-01-31 on")
    parser.add_argument(
        "--until", type=day_ms, default=LAST_MS, metavar="DAY", help="results before that day"
    )
    parser.add_argument(
        "--patience-s", type=seconds, default=20.0, metavar="N", help="before a gap is asked for (20)"
    )


def day_ms(text: str) -> int:
    """Read a day, UTC."""
    try:
        return round(datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).timestamp() * 1000)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a day such as 2026-01-31, got {text!r}") from None


def run(args: argparse.Namespace) -> int:
    """Collect until SIGTERM or SIGINT, or export."""
    return _export(args) if args.export else _collect(args)


def _export(args: argparse.Namespace) -> int:
    from edge.campus.export import NAMES, export
    from edge.campus.store import Store

    if args.export not in NAMES:
        raise CampusError(f"expected one of {', '.join(NAMES)}, got {args.export!r} at export")
    ready(args.out)
    with closing(Store(args.store)) as store:
        count = export(store, args.export, args.out, args.since, args.until)
    print(f"{count} rows", file=sys.stderr)
    return 0


def _collect(args: argparse.Namespace) -> int:
    from edge.campus.collector import Collector
    from edge.campus.metrics import MetricsServer, exposition
    from edge.campus.sources import source_of
    from edge.campus.store import Store

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    files = {name: getattr(args, name) for name in ("password_file", "ca_file", "cert_file", "key_file")}
    places = {"site": args.site, "topic_prefix": args.topic_prefix}
    with ExitStack() as ends:
        store = Store(args.store)
        ends.callback(store.close)
        source = source_of(args.broker, client_id=args.client_id, share=args.share, **places, **files)
        ends.callback(source.close)
        collector = Collector(source, store, patience_s=args.patience_s, keep_days=args.keep_days)
        if args.metrics_port:
            server = MetricsServer(
                args.metrics_host,
                args.metrics_port,
                lambda: exposition(store, collector.counters, source.certificate_until_s),
            )
            ends.callback(server.close)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: collector.stop())
        collector.run()
    return 0
