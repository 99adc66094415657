"""The pages of the validation: parts replaced, the rest kept, whole whenever the writer is killed."""

import subprocess
import sys

import pytest

from tests.validate import pages, tables

LINES = 20_000
WRITER = """
import sys
from pathlib import Path
from tests.validate import pages
for k in range(10**6):
    pages.put("one", f"new {k}", Path(sys.argv[1]))
    print(k, flush=True)
"""


@pytest.fixture
def page(tmp_path):
    """Write a page with two marked parts and a long rest."""
    parts = [f"{pages.BEGIN.format(name)}\n\nold\n\n{pages.END.format(name)}" for name in ("one", "two")]
    path = tmp_path / "page.md"
    path.write_text("\n".join(["# Head", *parts, *("a line of the rest" for _ in range(LINES)), "the end\n"]))
    return path


def test_only_the_named_part_is_replaced(page):
    """The part of one name is new, everything else is as it was."""
    before = page.read_text()
    pages.put("one", "new", page)
    assert before.replace("old", "new", 1) == page.read_text()
    assert [page] == list(page.parent.iterdir())


def test_a_part_without_markers_is_refused(page):
    """A name without markers ends with an error and leaves the page."""
    before = page.read_text()
    with pytest.raises(SystemExit, match="expected the markers of three"):
        pages.put("three", "new", page)
    assert before == page.read_text()


def test_a_killed_writer_leaves_the_page_whole(page):
    """Killed while it writes again and again, the writer leaves one of the whole pages."""
    length = len(page.read_text().splitlines())
    for wait in range(1, 11):
        with subprocess.Popen([sys.executable, "-c", WRITER, page], stdout=subprocess.PIPE) as writer:
            for _ in range(wait):
                writer.stdout.readline()
            writer.kill()
        lines = page.read_text().splitlines()
        assert (length, "the end") == (len(lines), lines[-1])


def test_what_missed_its_bar_is_read_from_the_tables():
    """What a table says of a missed bar is found in the whole text, in order, and nothing else."""
    some = [
        tables.table("One", ("a",), [(1,)], "A note."),
        tables.table("Two", ("a",), [(1,)], "", ["b is 3", "c is 4"]),
        tables.table("Three", ("a",), [(1,)], missed=["d is 5"]),
    ]
    assert tables.missed("\n".join(some)) == ["b is 3; c is 4.", "d is 5."]
