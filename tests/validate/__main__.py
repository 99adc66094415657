"""`python -m tests.validate [section ...] [--short]`: print the validation tables, write them into docs."""

import argparse
import sys
import time

from tests.validate import (
    cost,
    false_positives,
    group,
    invariance,
    oracles,
    pages,
    pixels,
    power,
    signals,
)
from tests.validate.data import DYADS

SECTIONS = {
    "oracles": oracles,
    "false-positives": false_positives,
    "power": power,
    "group": group,
    "invariance": invariance,
    "pixels": pixels,
    "cost": cost,
    **signals.SECTIONS,
}
NEED_DATA = {"oracles", "false-positives"}


def main():
    """Run the sections asked for, all of them without a name."""
    parser = argparse.ArgumentParser(prog="python -m tests.validate", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--short", action="store_true", help="few runs; nothing is written")
    args = parser.parse_args()
    unknown = set(args.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"expected sections among {', '.join(SECTIONS)}, got {', '.join(sorted(unknown))}")
    pages.put("definitions", pages.definitions())
    for name in args.sections or SECTIONS:
        if name in NEED_DATA and not DYADS.exists():
            print(f"{name}: skipped, no recordings", file=sys.stderr)
            continue
        start_s = time.monotonic()
        body = "\n".join(SECTIONS[name].report(short=args.short))
        print(body)
        print(f"{name}: {time.monotonic() - start_s:.0f} s", file=sys.stderr)
        if not args.short:
            pages.put(name, body, getattr(SECTIONS[name], "PAGE", pages.PAGE))


if __name__ == "__main__":
    main()
