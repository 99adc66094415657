"""The command as a process: wrong usage, a closed pipe, a full output, an interrupt in the middle."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from edge.cli import COMMANDS, main

EDGE = [sys.executable, "-m", "edge"]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nothing"],
        ["demo", "--people", "9"],
        ["demo", "--seconds", "-1"],
        ["watch", "--seconds", "nan"],
        ["measure", "a.csv", "--surrogates", "5"],
        ["measure", "a.csv", "--seed", "-1"],
        ["measures", "--width", "0"],
        ["replay", "a.csv", "--out", "a.csv"],
        ["signals", "a.mp4"],
        ["signals", "a.mp4", "--out", "a.csv", "--rate-hz", "0"],
        ["stage"],
        ["bench", "nothing"],
        ["models", "nothing"],
    ],
)
def test_wrong_usage_exits_2(words, capsys):
    """Wrong usage is told with the usage, on stderr."""
    with pytest.raises(SystemExit) as left:
        main(words)
    captured = capsys.readouterr()
    assert (left.value.code, captured.out) == (2, "")
    assert captured.err.startswith("usage: mimicry-edge")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command, capsys):
    """Each command of the contract explains itself on stdout."""
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: mimicry-edge {command}")


def test_a_closed_pipe():
    """A reader that leaves early ends the command without a word."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([*EDGE, "measures"], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_full_output():
    """An output without room is one line."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*EDGE, "measures"], stdout=full, stderr=subprocess.PIPE, check=False, text=True
        )
    assert done.returncode == 1
    assert done.stderr == "error: expected room to write, got No space left on device at standard output\n"


@pytest.mark.parametrize("wait_s", [0.1, 0.2, 0.3, 0.4, 0.6])
def test_a_stop_while_it_starts(wait_s, tmp_path):
    """A service told to stop while it still imports dies of the signal without a word."""
    (tmp_path / "c.yaml").write_text(
        f"publish: {{host: 127.0.0.1, port: 1, tls: false}}\nservice: {{state_dir: {tmp_path}}}\n"
    )
    process = subprocess.Popen(
        [*EDGE, "run", "--config", str(tmp_path / "c.yaml")],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"MIMICRY_MODELS": str(tmp_path)},
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(wait_s)
    process.send_signal(signal.SIGTERM)
    said = process.communicate(timeout=20)[1]
    assert "Traceback" not in said


@pytest.fixture
def interrupts():
    """Return a context in which programs start that heed SIGINT, or ignore it, whoever started the tests."""

    @contextlib.contextmanager
    def starting(handler):
        before = signal.signal(signal.SIGINT, handler)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    return starting


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, -signal.SIGTERM)])
def test_an_interrupt_leaves_nothing(number, status, film, tmp_path, interrupts):
    """A command stopped in the middle leaves no file and no trace of one."""
    path, table = film("long.mkv", frames=6000), tmp_path / "s.csv"
    ours, its = pty.openpty()
    with interrupts(signal.default_int_handler):  # a program starts with the default instead of a function
        process = subprocess.Popen([*EDGE, "signals", str(path), "--out", str(table)], stderr=its)
    os.close(its)
    try:
        said = os.read(ours, 4096)
        assert b"long.mkv" in said  # a terminal is told of the first frame
        process.send_signal(number)
        process.wait(20)
        with contextlib.suppress(OSError):  # how a terminal says that its other end is gone
            while more := os.read(ours, 4096):
                said += more
    finally:
        process.kill()
        os.close(ours)
    assert process.returncode == status
    assert b"Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_an_ignored_interrupt_stays_ignored(film, tmp_path, interrupts):
    """A command started with SIGINT ignored, as a script's background job is, finishes in spite of one."""
    path, table = film("short.mkv", frames=60), tmp_path / "s.csv"
    ours, its = pty.openpty()
    with interrupts(signal.SIG_IGN):
        process = subprocess.Popen([*EDGE, "signals", str(path), "--out", str(table)], stderr=its)
    os.close(its)
    try:
        assert b"short.mkv" in os.read(ours, 4096)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
        os.close(ours)
    assert table.exists()
