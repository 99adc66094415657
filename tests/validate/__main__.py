"""`python -m tests.validate [section ...] [--short]`: print the validation tables, write them into docs.

Sections that spread their runs over the cores go one after another, the others beside one another. Exit
status 1 and a line each where something missed its bar or failed.
"""

import argparse
import sys
import traceback

from tests.validate import pages
from tests.validate.data import DYADS
from tests.validate.sections import COUNTED, NEED_DATA, SECTIONS, sections
from tests.validate.tables import missed


def main():
    """Run the sections asked for, all of them without a name; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.validate", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=", ".join(SECTIONS))
    parser.add_argument("--short", action="store_true", help="few runs; no bar counts, nothing is written")
    parser.add_argument(
        "--meetings", type=int, metavar="N", help=f"meetings of each kind, of {', '.join(sorted(COUNTED))}"
    )
    args = parser.parse_args()
    unknown = set(args.sections) - set(SECTIONS)
    if unknown:
        parser.error(f"expected sections among {', '.join(SECTIONS)}, got {', '.join(sorted(unknown))}")
    names = set(args.sections or SECTIONS)
    if args.meetings is not None and (args.meetings < 1 or names - COUNTED):
        parser.error(f"expected --meetings 1 or more with {', '.join(sorted(COUNTED))} alone")
    for name in sorted(names & NEED_DATA if not DYADS.exists() else ()):
        print(f"{name}: skipped, no recordings", file=sys.stderr)
        names.remove(name)
    if not args.short:
        pages.put("definitions", pages.definitions())
    wrong = []
    for name, made in sections(names, args.short, args.meetings):
        try:
            body, seconds = made()
        except Exception as error:
            traceback.print_exception(error)
            wrong.append(f"{name}: failed")
            continue
        print(body, flush=True)
        print(f"{name}: {seconds:.0f} s", file=sys.stderr)
        if args.short:  # so few runs prove nothing about a bar
            continue
        if body:
            pages.put(name, body, getattr(SECTIONS[name], "PAGE", pages.PAGE))
        wrong += [f"{name}: missed: {words}" for words in missed(body)]
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
