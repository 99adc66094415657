"""Recordings under a PyAV as old as that of Debian 12, in an environment of its own."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge.camera.video import VideoFile
from tests.bench.peer import interpreter
from tests.camera.test_video import noise, write

PROBE = """
import sys
sys.path.insert(0, sys.argv[1])
import av, numpy as np
from edge.camera.video import VideoFile
with VideoFile(sys.argv[2]) as recording:
    frames = list(recording)
np.savez(sys.argv[3], image=[frame.image for frame in frames], t_ns=[frame.t_ns for frame in frames])
print(av.__version__)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="needs Python 3.11, for a wheel of PyAV 12.0")
def test_the_same_pictures_and_times(tmp_path):
    """PyAV 12.0, like Debian 12's 10.0, gives the pictures and times of the current one."""
    path = write(tmp_path / "a.mkv", noise(48, 64), stamps_ms=[0, 40, 90])
    python = interpreter("av==12.0.0", "numpy==1.26.4", "PyYAML")
    command = [python, "-c", PROBE, Path(__file__).parents[2], path, tmp_path / "got.npz"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "12.0.0"
    got = np.load(tmp_path / "got.npz")
    with VideoFile(path) as recording:
        expected = list(recording)
    assert got["t_ns"].tolist() == [frame.t_ns for frame in expected] == [0, 40_000_000, 90_000_000]
    assert (got["image"] == [frame.image for frame in expected]).all()
