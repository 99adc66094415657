"""Run what the README and the tutorial print, in a scratch copy: `python -m tests.readme` or `make readme`.

Each page starts in a fresh clone of the commit, as a reader does, with `meeting.mp4` made as printed.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.readme.blocks import ENDS, PAGES, ROOT, lines, runs
from tests.readme.scratch import Scratch


def main() -> int:
    """Run every line of every page; return 1 at the first that fails."""
    for page in PAGES:
        with tempfile.TemporaryDirectory(prefix="mimicry-readme-") as name:
            subprocess.run(["git", "clone", "-q", str(ROOT), name], check=True)
            os.environ.setdefault("PYTHON", sys.executable)
            scratch = Scratch(Path(name))
            scratch.write_dyad()
            for line in lines(page):
                print(f"$ {line}" if runs(line, full=True) else f"- {line}", flush=True)
                if runs(line, full=True):
                    done = scratch.run(line, arguments=ENDS.get(" ".join(line.split()[:2]), ""))
                    if done.returncode:
                        print(done.stdout + done.stderr, f"error: exit {done.returncode} at {line}", sep="\n")
                        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
