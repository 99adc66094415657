"""The words of what is shown: the report, the live view and the demo keep to the product's vocabulary."""

import json
import re
import subprocess
import sys

import pytest

from edge.cli import main
from edge.measures import TABLE
from tests.project.test_vocabulary import words
from tests.view.test_screen import draw, met


def test_the_report(tmp_path, capsys):
    """The page of a recording with every measure; the concepts stand only where they are denied."""
    recording, page = tmp_path / "meeting.jsonl", tmp_path / "meeting.html"
    lines = [{"type": "event", "t_s": 1, "person": p, "onset_s": 1, "channel": "AU12"} for p in (1, 2)]
    lines += [
        {
            "type": "measure",
            "t_s": 300,
            "name": one.name,
            "subject": [1, 2],
            "value": 0.5,
            "state": state,
            "null": {"mu": 0, "sd": 1},
        }
        for one in TABLE
        for state in ("insufficient", "at_chance", "above")
    ]
    recording.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    assert main(["report", str(recording), "--out", str(page)]) == 0
    shown = re.sub(r"<b>What this does not mean:</b>.*?</p>", "", page.read_text())
    shown = re.sub(r"<span class=note>Not: .*?</span>", "", shown)
    assert "above chance" in shown
    assert words(shown + capsys.readouterr().err) == []


@pytest.mark.parametrize("people", [0, 2, 6])
def test_the_live_view(people):
    """Every size of the live view, with people, movements, episodes and losses."""
    for width, height in ((80, 24), (200, 60)):
        shown = "\n".join(draw(*met(ids=tuple(range(1, people + 1)), seconds=45), width, height))
        assert "measuring" in shown
        assert words(shown) == []


@pytest.mark.slow
def test_the_demo():
    """What the demo prints and logs."""
    command = [sys.executable, "-m", "edge", "demo", "--seconds", "4", "--people", "2", "--headless"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert words(done.stdout + done.stderr) == []
