"""However `batch` ends, its processes end with it."""

import contextlib
import os
import signal
import subprocess
import sys

import psutil
import pytest

LONGEST_S = 60


@pytest.fixture
def at_work(tmp_path):
    """Start a batch on a table that never ends; return the process and those it started once one reads."""
    pipe = tmp_path / "endless.csv"
    os.mkfifo(pipe)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    words = ["batch", str(pipe), "--out", str(tmp_path / "out"), "--commands", "measure", "--workers", "2"]
    process = subprocess.Popen([sys.executable, "-m", "edge", *words], stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    with pipe.open("wb", buffering=0) as table:  # waits until a worker opens it too
        table.write(b"t_s,person,motion\n0,1,1\n")
        yield process, psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM), (signal.SIGKILL, -signal.SIGKILL)],
)
def test_no_process_is_left(number, status, at_work, tmp_path):
    """Ctrl-C, a polite end and a kill: the workers end too, and nothing half written stays."""
    process, others = at_work
    assert others
    process.send_signal(number)
    assert process.wait(LONGEST_S) == status
    _, alive = psutil.wait_procs(others, timeout=LONGEST_S)
    for one in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    assert alive == []
    left = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert left == ["batch.json"]
