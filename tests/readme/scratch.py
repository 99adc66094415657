"""One shell for the lines of a page: what a line sets or writes, the next one has."""

import os
import subprocess
from pathlib import Path

import numpy as np

LIMIT_S = 1800.0
DYAD_S, DYAD_HZ = 60, 25


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

    def write_dyad(self) -> None:
        """Write the reader's own recording of two people: two columns of motion, the second 0.4 s later."""
        rng = np.random.default_rng(1)
        x = np.convolve(rng.normal(size=DYAD_S * DYAD_HZ), np.hanning(25), "same")
        rows = zip(x, np.roll(x, 10) + rng.normal(0, 0.1, len(x)), strict=True)
        text = "\n".join(["a,b", *(f"{a:.4f},{b:.4f}" for a, b in rows)])
        (self.folder / "dyad.csv").write_text(text + "\n")
