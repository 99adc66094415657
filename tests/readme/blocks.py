"""The lines of the fenced `sh` blocks of the README and the tutorial, and what each can be put to."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = tuple(path for path in (ROOT / "README.md", ROOT / "docs/tutorial.md") if path.exists())
BLOCK = re.compile(r"^```(?:sh|bash|shell)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ENDLESS = ("mimicry-edge run", "mimicry-edge watch", "mimicry-edge check")
"""A service, a live view of another device, a verdict about this machine: parsed and not run."""
LONG = ("make", "mimicry-edge stage")
"""Run in the long form only."""
ENDS = {"make demo": "--headless --seconds 20", "make test": "--collect-only"}
"""What `ARGS` holds when a target would go on for ever, or start this."""


def lines(page: Path) -> list[str]:
    """Return the command lines of a page's blocks, in order."""
    found = "\n".join(BLOCK.findall(page.read_text())).replace("\\\n", " ")
    return [line for line in found.splitlines() if line.strip() and not line.startswith("#")]


def words(line: str) -> list[str]:
    """Return the words of a line without its comment and where its output goes."""
    split = shlex.split(line, comments=True)
    return split[: split.index(">")] if ">" in split else split


def runs(line: str, *, full: bool) -> bool:
    """Whether a line is run in this form."""
    return not line.startswith(ENDLESS) and (full or not line.startswith(LONG))
