"""Run what the README and the tutorial print, in a scratch copy: `python -m tests.readme` or `make readme`.

Everything runs in one fresh clone of the commit, page after page, as a reader does it; where a page shows
what a line prints, the output is compared. `--update` puts what came into the pages instead.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.readme.blocks import ENDS, PAGES, ROOT, as_shown, lines, runs
from tests.readme.scratch import Scratch


def main() -> int:
    """Run every line of every page; return 1 at the first that fails."""
    parser = argparse.ArgumentParser(prog="tests.readme", description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write what came into the pages")
    update = parser.parse_args().update
    with tempfile.TemporaryDirectory(prefix="mimicry-readme-") as name:
        subprocess.run(["git", "clone", "-q", str(ROOT), name], check=True)
        os.environ.setdefault("PYTHON", sys.executable)
        scratch = Scratch(Path(name))
        for page in PAGES:
            for line, shown in lines(page).items():
                wanted = runs(line, full=True)
                print(f"$ {line}" if wanted else f"- {line}", flush=True)
                if wanted and (wrong := _wrong(scratch, page, line, shown, update=update)):
                    print(wrong)
                    return 1
    return 0


def _wrong(scratch: Scratch, page: Path, line: str, shown: str, *, update: bool) -> str:
    """Run a line; return what is wrong with its end or its output, if anything."""
    done = scratch.run(line, arguments=ENDS.get(" ".join(line.split()[:2]), ""))
    if done.returncode:
        return f"{done.stdout}{done.stderr}\nerror: exit {done.returncode} at {line}"
    if as_shown(shown, done.stdout):
        return ""
    if update:
        page.write_text(page.read_text().replace(shown, done.stdout))
        return ""
    return f"error: expected\n{shown}got\n{done.stdout}at {line}"


if __name__ == "__main__":
    sys.exit(main())
