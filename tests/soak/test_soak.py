"""The short forms of `make soak` and `make boot`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak.soak import soak

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_same_hour_again_and_again():
    """The same signals give the same reports bit for bit; memory, descriptors and threads do not grow."""
    rows = soak(4, frames=600)
    assert {row[1] for row in rows} == {rows[0][1]}
    assert rows[-1][2] - rows[1][2] <= 1.0
    assert rows[-1][3:] == rows[1][3:]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_real_boot():
    """The package boots for real, where MIMICRY_BOOT_ROOT and MIMICRY_BOOT_DEB name root and package."""
    root, deb = os.environ.get("MIMICRY_BOOT_ROOT"), os.environ.get("MIMICRY_BOOT_DEB")
    if not (root and deb and os.geteuid() == 0 and shutil.which("systemd-nspawn")):
        pytest.skip("needs root, systemd-nspawn, MIMICRY_BOOT_ROOT and MIMICRY_BOOT_DEB")
    done = subprocess.run([sys.executable, "-m", "tests.soak.boot", root, deb], cwd=ROOT, check=False)
    assert done.returncode == 0
