"""An environment of its own for a peer: created once in the cache folder, never mixed with ours."""

import os
import subprocess
import sys
import venv
from pathlib import Path

from edge.errors import ModelError


def interpreter(*requirements: str) -> Path:
    """Return the Python of an environment with just these requirements, creating it if need be."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "") or "~/.cache").expanduser() / "mimicry-edge" / "peers"
    folder = cache / f"{'+'.join(requirements)}-py{sys.version_info.major}.{sys.version_info.minor}"
    python, done = folder / "bin" / "python", folder / ".done"
    if not done.exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        made = subprocess.run([*command, *requirements], capture_output=True, text=True, check=False)
        if made.returncode:
            reason = (made.stderr.strip().splitlines() or ["no message"])[-1]
            raise ModelError(f"expected to install {' '.join(requirements)}, got: {reason}")
        done.touch()
    return python
