"""The page of an aiming session: what it shows of a report, and a real session on the stage in a browser."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from itertools import product

import pytest

from edge.aim.figures import CameraFigures, SeatFigures
from edge.aim.report import body, camera_body
from edge.cli import main
from edge.page import aim
from tests.aim.test_aim import GOOD, configured, seated
from tests.page.house import needs_page
from tests.page.layout import WIDTHS, faults
from tests.page.payloads import read
from tests.page.test_axe import AXE, found
from tests.page.test_keyboard import INTERACTIVE
from tests.publish.broker import free_port, until
from tests.publish.browser import Browser

AIM = ("Camera 1", "Seat 3", "left.", "times nearer", "Nothing is recorded")
"""Words by which a session with three seats is there."""
CAMERA = {"size_px": (640, 360), "light": 100.0, "camera_fps": 30.0, "processed_fps": 29.0, "problem": ""}


def report(*seats, ended="", **camera):
    """Return a report of one camera with seats that differ from a good one like this."""
    found = [SeatFigures(**GOOD | one) for one in seats]
    return body([camera_body(1, CameraFigures(**CAMERA | camera), 30.0, found)], 125.0, ended)


def test_each_seat_against_its_needs():
    """Sizes against 50 and 90 px, what to change, and by a word and a mark which seat is good."""
    words = read(aim.cameras(report({"size_px": 95.0}, {"size_px": 60.0}, {"size_px": 25.0}, {})))
    assert "95 px, enough for everything" in words
    assert "60 of 90 px for brief movements" in words
    assert "25 of 50 px for smiles" in words
    assert "2.0 times nearer" in words
    assert re.findall(r"Seat (\d): +(.) +(good|to change)", words) == [
        ("1", "●", "good"),
        ("2", "●", "good"),
        ("3", "!", "to change"),
        ("4", "●", "good"),
    ]


def test_the_outline_is_to_scale():
    """A face in the middle of 640 x 360 px, 50 px between the eyes: 80 px wide; it looks to the right, up."""
    seat = {"size_px": 50.0, "yaw_deg": 30.0, "pitch_deg": 30.0}
    drawn = aim.outline(report(seat)["cameras"][0])
    assert 'viewBox="0 0 640 360"' in drawn
    assert '<rect x="280" y="140" width="80" height="80"' in drawn
    assert '<line x1="320" y1="180" x2="360" y2="140"' in drawn


def test_before_the_first_picture_and_after_the_last():
    """Without a report it says what it waits for; the last one says why it is over; unknown is a dash."""
    assert "cameras are being opened" in read(aim.head({}))
    assert aim.cameras({}) == ""
    assert "2 min 5 s left" in read(aim.head(report()))
    assert "It is over: interrupted." in read(aim.head(report(ended="interrupted")))
    unknown = {name: float("nan") for name in ("x", "y", "size_px", "yaw_deg", "light")}
    assert "–" in read(aim.cameras(report(unknown)))


@contextmanager
def aiming(folder, config, *options):
    """Run a session with its page; yield its address and the process once a report was printed."""
    port = free_port()
    command = [sys.executable, "-m", "edge", "aim", "--page", "--json", "--config", str(config)]
    with (folder / "reports").open("w") as out, (folder / "errors").open("w") as log:
        environment = os.environ | {"RUNTIME_DIRECTORY": str(folder)}
        process = subprocess.Popen(
            [*command, "--port", str(port), *options], stdout=out, stderr=log, env=environment
        )

    def begun():
        assert process.poll() is None, (folder / "errors").read_text()
        return (folder / "reports").stat().st_size > 0

    try:
        until(begun)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait(30)


@needs_page
@pytest.mark.xdist_group("page")
def test_a_session_in_the_browser(tmp_path):
    """Three seats of the stage, readable at every width, nothing to operate, no picture; SIGTERM ends it."""
    config = seated(tmp_path)
    with (
        aiming(tmp_path, config) as (address, process),
        Browser(tmp_path / "browser", (390, 800)) as browser,
    ):
        browser.open(address)
        browser.wait(*AIM)
        for scheme, size in product(("light", "dark"), WIDTHS.items()):
            browser.prefer(scheme)
            browser.resize(size)
            assert not any(faults(browser).values()), (scheme, size, faults(browser))
            assert not AXE or found(browser, rules=8) == [], (scheme, size)
        assert browser.run(INTERACTIVE)["value"] == 0
        assert browser.run("document.querySelectorAll('img, canvas, video').length")["value"] == 0
        process.send_signal(signal.SIGTERM)
        browser.wait("It is over: interrupted.")
        assert process.wait(60) == 0
    reports = [json.loads(line) for line in (tmp_path / "reports").read_text().splitlines()]
    assert reports[-1]["ended"] == "interrupted"
    kept = {one.name for one in (tmp_path / "state").iterdir()}
    assert kept == {"lock", "privacy.json", "privacy.copy.json"}


@needs_page
def test_the_network_needs_a_password_here_too(tmp_path, capsys):
    """Bound to the network without a password it is refused before a camera opens."""
    assert main(["aim", "--page", "--bind", "0.0.0.0", "--config", str(configured(tmp_path, "{}"))]) == 1
    assert "expected --login-file" in capsys.readouterr().err
