"""What the README and the tutorial print works: every line is understood, and the quick ones are run."""

import re
import shutil
import sys

import pytest

from edge.cli import parser
from tests.readme.blocks import PAGES, ROOT, as_shown, lines, runs, words
from tests.readme.scratch import Scratch

LINES = [(page.name, line) for page in PAGES for line in lines(page)]
BUILT_IN = {".", "cd", "export", "python", "sudo"}
SCENE_S = 12
PROGRAMS = {"mimicry-edge": "-m edge", "python": ""}
PROGRAM = f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" {{}} "$@"\n'


@pytest.mark.parametrize(("page", "line"), LINES, ids=[line[:40] for _, line in LINES])
def test_every_line_is_understood(page, line):
    """A printed line is a target of make, a command with arguments that it takes, or a word of the shell."""
    command, *arguments = words(line)
    if command == "mimicry-edge":
        assert parser(arguments).parse_args(arguments).command == arguments[0]
    elif command == "make":
        assert set(arguments) <= set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    else:
        assert command in BUILT_IN or shutil.which(command), page


def test_what_is_shown_is_compared():
    """Output that a page shows belongs to the last line of the block above it, and a wrong number is seen."""
    shown = {line: text for page in PAGES for line, text in lines(page).items() if text}
    assert len(shown) >= 3
    for text in shown.values():
        assert as_shown(text, text)
        assert not as_shown(text, re.sub(r"\d", lambda digit: str(9 - int(digit[0])), text))


@pytest.fixture
def scratch(tmp_path):
    """Return a clone after its first `make`, with a shorter meeting than the one that the page renders."""
    folder = tmp_path / "clone"
    shutil.copytree(ROOT / "firmware_configs", folder / "firmware_configs")
    programs = folder / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "activate").write_text(f'export PATH="{programs}:$PATH"\n')
    for name, arguments in PROGRAMS.items():
        (programs / name).write_text(PROGRAM.format(arguments))
        (programs / name).chmod(0o755)
    made = Scratch(folder)
    script = (ROOT / "firmware_configs/stage/planted.yaml").read_text()
    (folder / "short.yaml").write_text(script.replace("seconds: 300", f"seconds: {SCENE_S}"))
    stage = made.run(f"{programs}/mimicry-edge stage --script short.yaml --out meeting.mp4")
    assert stage.returncode == 0, stage.stderr
    return made


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_quick_lines_run_as_printed(page, scratch):
    """One after another, the lines that take seconds end well; `make readme` runs the others too."""
    quick = [line for line in lines(page) if runs(line, full=False)]
    assert len(quick) >= 5
    for line in quick:
        done = scratch.run(line)
        assert done.returncode == 0, (line, done.stderr)
    page_written = (scratch.folder / "meeting.html").read_text()
    assert "Nothing could be judged" in page_written
    assert page_written.rstrip().endswith("</html>")
