"""The real boot within the tests, where somebody prepared it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("MIMICRY_BOOT_ROOT", "MIMICRY_BOOT_DEB", "MIMICRY_BOOT_VIDEO")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_real_boot():
    """The package boots for real, where MIMICRY_BOOT_ROOT, _DEB and _VIDEO name what `make boot` prepares."""
    given = [os.environ.get(name, "") for name in NEEDED]
    if not (all(given) and os.geteuid() == 0 and shutil.which("systemd-nspawn")):
        pytest.skip(f"needs root, systemd-nspawn, {', '.join(NEEDED)}; `make boot` does it all")
    done = subprocess.run([sys.executable, "-m", "tests.soak.boot", *given], cwd=ROOT, check=False)
    assert done.returncode == 0
