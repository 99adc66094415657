"""A folder in memory: these tests write thousands of durable states."""

import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shm():
    """Return a folder in memory where there is one."""
    memory = Path("/dev/shm")
    folder = tempfile.mkdtemp(prefix="mimicry-", dir=memory if memory.is_dir() else None)
    yield folder
    shutil.rmtree(folder)
