"""Mutation testing: `python -m tests.mutants [PART ...]` or `make mutants`.

Draws a sample of each part's mutants, runs each against the tests that execute its line, prints those that
every test passes in spite of, and ends with 1 where they are more than 15 of 100.
"""

import argparse
import os
import sys
import time

from tests.mutants.operators import Mutant
from tests.mutants.parts import EQUIVALENT, PARTS, Part, equivalents, sample
from tests.mutants.traces import traced
from tests.mutants.trial import survivors

SHARE_MAX = 0.15


def survived(part: Part, size: int, seed: int, jobs: int) -> tuple[list[Mutant], int]:
    """Return the surviving mutants of a sample and the size of the sample.

    Raises
    ------
    RuntimeError : a test fails without any mutant.
    """
    known = frozenset(equivalents(EQUIVALENT.read_text()))
    drawn = sample(part, size, seed, known)
    traces = traced(list(part.tests), part.files)
    if traces.failed:
        raise RuntimeError(f"expected tests that pass without a mutant, got {', '.join(traces.failed)}")
    alive = []
    for count, (mutant, survives) in enumerate(survivors(drawn, traces, jobs=jobs), start=1):
        print(f"\r{part.code}: {count}/{len(drawn)}", end="", file=sys.stderr, flush=True)
        if survives:
            alive.append(mutant)
    print(file=sys.stderr)
    return sorted(alive, key=lambda one: (one.path, one.line)), len(drawn)


def main() -> int:
    """Print survivors and shares of the parts asked for."""
    parser = argparse.ArgumentParser(prog="tests.mutants", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--mutants", type=int, default=200, help="sample of each part")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"expected parts among {', '.join(PARTS)}, got {', '.join(sorted(unknown))}")
    rows, worst = [], 0.0
    for name in args.parts:
        begun_s = time.monotonic()
        alive, drawn_n = survived(PARTS[name], args.mutants, args.seed, args.jobs)
        for mutant in alive:
            print(mutant, flush=True)
        share = len(alive) / max(drawn_n, 1)
        worst = max(worst, share)
        minutes = (time.monotonic() - begun_s) / 60
        rows.append(f"| {name} | {drawn_n} | {len(alive)} | {100 * share:.1f} % | {minutes:.1f} |")
    print("\n| part | mutants | survived | share | minutes |", "|---" * 5 + "|", *rows, sep="\n")
    return int(worst > SHARE_MAX)


if __name__ == "__main__":
    sys.exit(main())
