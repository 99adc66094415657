"""One shell for the lines of a page: what a line sets or writes, the next one has."""

import os
import subprocess
from pathlib import Path

LIMIT_S = 1800.0


class Scratch:
    """A folder in which lines run one after another, with the environment that the last one left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._environ = dict(os.environ)

    def run(self, line: str, *, arguments: str = "") -> subprocess.CompletedProcess[str]:
        """Run a line in bash, as typed; `arguments` are those that make hands on."""
        kept = self.folder / ".environment"
        done = subprocess.run(
            ["bash", "-c", f"{line}\nstatus=$?\nenv -0 > {kept}\nexit $status"],
            cwd=self.folder,
            env=self._environ | ({"ARGS": arguments} if arguments else {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT_S,
        )
        pairs = (entry.partition("=") for entry in kept.read_text().split("\0") if entry)
        self._environ = {name: value for name, _, value in pairs if name != "ARGS"}
        kept.unlink()
        return done
