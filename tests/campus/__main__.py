"""`make campus`: what the campus must show, as tables; `python -m tests.campus single --rooms 200`."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.campus.single import single


def main(argv=None):
    """Run the cases; 1 if a result is lost or there twice."""
    parser = argparse.ArgumentParser()
    parser.add_argument("cases", nargs="*", default=["single"])
    parser.add_argument("--rooms", type=int, default=200)
    parser.add_argument("--interval-s", type=float, default=10.0)
    parser.add_argument("--steady-s", type=float, default=60.0)
    parser.add_argument("--pause-s", type=float, default=15.0)
    args = parser.parse_args(argv)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="campus-") as folder:
        lengths = {"interval_s": args.interval_s, "steady_s": args.steady_s, "pause_s": args.pause_s}
        for case in args.cases:
            figures = {"single": single}[case](Path(folder) / case, rooms=args.rooms, **lengths)
            failed += bool(figures["lost"] or figures["duplicates"] or figures["gaps"])
            print(f"| {case} | |\n|---|---|")
            for name, value in figures.items():
                print(f"| {name} | {value:.3g} |" if isinstance(value, float) else f"| {name} | {value} |")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
