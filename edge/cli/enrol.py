"""`enrol`: the broker's users and access list, and the files of each device, from a table of rooms."""

import argparse
from contextlib import closing
from pathlib import Path

from edge.cli._numbers import real

HELP = "make users, access list, configuration and certificate of each room from a table of rooms"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("table", type=Path, metavar="ROOMS.csv", help="device, room; floor, building, ...")
    parser.add_argument("--host", required=True, metavar="NAME", help="the hub, as in publish.host")
    parser.add_argument("--site", required=True, help="as in publish.site")
    parser.add_argument("--topic-prefix", default="", metavar="PREFIX", help="as in publish.topic_prefix")
    parser.add_argument("--keep-h", type=real(0, 8760), default=24.0, metavar="N", help="publish.keep_h (24)")
    parser.add_argument("--authority", type=Path, metavar="FOLDER", help="of the hub: certificates too")
    parser.add_argument("--store", metavar="URL", help="also note rooms, floors and buildings in that store")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="kept over runs; holds secrets"
    )


def run(args: argparse.Namespace) -> int:
    """Write everything; what exists already stays."""
    from edge.campus.enrol import Site, enrol
    from edge.campus.rooms import place, read_rooms

    rooms = read_rooms(args.table)
    site = Site(
        host=args.host,
        site=args.site,
        topic_prefix=args.topic_prefix.strip("/"),
        keep_h=args.keep_h,
        authority=args.authority,
    )
    enrol(rooms, site, args.out)
    if args.store:
        from edge.campus.store import Store

        with closing(Store(args.store)) as store:
            place(store, site.root, rooms)
    print(
        f"ok: {len(rooms)} rooms: rooms.passwd and rooms.acl for the hub, a folder each in {args.out}/devices"
    )
    return 0
