"""What the journal gets."""

import io
import logging
import signal
import subprocess
import sys

import pytest

from edge.service import set_up_logging


@pytest.fixture(autouse=True)
def _restore():
    """Leave logging as it was."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    yield
    root.handlers[:], root.level, logging.raiseExceptions = before


def _lines(journal, *calls):
    stream = io.StringIO()
    set_up_logging("info", stream, {"JOURNAL_STREAM": "1:2"} if journal else {})
    for name, level, message, *arguments in calls:
        logging.getLogger(name).log(level, message, *arguments)
    return stream.getvalue().splitlines()


def test_priorities_of_the_journal():
    """Under systemd every line, also of a traceback, carries its native priority; elsewhere its name."""
    calls = [
        ("edge.camera.pi", logging.WARNING, "silent for %g s", 2.0),
        ("edge.publish", logging.ERROR, "a\nb"),
    ]
    assert _lines(True, *calls) == ["<4>camera: silent for 2 s", "<3>publish: a", "<3>publish: b"]
    assert _lines(False, *calls) == [
        "warning: camera: silent for 2 s",
        "error: publish: a",
        "error: publish: b",
    ]


def test_repeated_trouble_is_a_count():
    """The same message of the same place is written once a minute, then with the number held back."""
    stream = io.StringIO()
    set_up_logging("info", stream, {})
    record = logging.LogRecord("edge.camera", logging.WARNING, "f", 1, "no frame for %g s", (2.0,), None)
    for second in (0, 1, 2, 59, 60, 61, 10):
        copy = logging.makeLogRecord(record.__dict__ | {"created": 1000.0 + second})
        logging.getLogger("edge.camera").handle(copy)
    assert stream.getvalue().splitlines() == [
        "warning: camera: no frame for 2 s",
        "warning: camera: no frame for 2 s (and 3 times before)",
        "warning: camera: no frame for 2 s (and 1 times before)",
    ]


def test_different_troubles_are_not_one():
    """Troubles that share nothing but a form without words are written both; each repeated one is a count."""
    calls = [
        ("edge.publish", logging.WARNING, "%s: %s", category, f"trouble of the {category}")
        for category in ("session", "disk", "session", "camera")
    ]
    told = [f"warning: publish: {name}: trouble of the {name}" for name in ("session", "disk", "camera")]
    assert _lines(False, *calls) == told


def test_the_watchdog_gets_a_stack():
    """SIGABRT, the watchdog's signal, prints the stack of every thread."""
    code = (
        "import os, signal\nfrom edge.service import set_up_logging\nset_up_logging('info')\n"
        "def hanging(): os.kill(os.getpid(), signal.SIGABRT)\nhanging()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == -signal.SIGABRT
    assert "in hanging" in done.stderr
