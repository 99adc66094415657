"""The lines of the fenced `sh` blocks of the README and the tutorial, and what each can be put to."""

import re
import shlex
from doctest import ELLIPSIS, OutputChecker
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "docs/tutorial.md")
BLOCK = re.compile(r"^```(?:sh|bash|shell)\n(.*?)^```(?:\n+```text\n(.*?)^```)?", re.MULTILINE | re.DOTALL)
ENDLESS = ("mimicry-edge run", "mimicry-edge watch", "mimicry-edge page", "mimicry-edge check", "sudo")
"""A service, a live view of another device, a verdict about this machine, its system: parsed and not run."""
LONG = ("make", "mimicry-edge stage")
"""Run in the long form only."""
ENDS = {"make demo": "--headless --seconds 20", "make test": "--collect-only"}
"""What `ARGS` holds when a target would go on for ever, or start this."""


def lines(page: Path) -> dict[str, str]:
    """Return the command lines of a page in order, each with the output that is shown below it."""
    found: dict[str, str] = {}
    for commands, output in BLOCK.findall(page.read_text()):
        block = [line for line in commands.replace("\\\n", " ").splitlines() if line.strip()]
        found |= dict.fromkeys((line for line in block if not line.startswith("#")), "")
        if output:
            found[block[-1]] = output
    return found


def words(line: str) -> list[str]:
    """Return the words of a line without its comment and where its output goes."""
    split = shlex.split(line, comments=True)
    ends = [split.index(mark) for mark in (">", "|") if mark in split]
    return split[: min(ends, default=None)]


def runs(line: str, *, full: bool) -> bool:
    """Whether a line is run in this form."""
    return not line.startswith(ENDLESS) and (full or not line.startswith(LONG))


def as_shown(shown: str, came: str) -> bool:
    """Whether a line printed what the page shows; `...` covers anything, and no output is shown for most."""
    return not shown or OutputChecker().check_output(shown, came, ELLIPSIS)
