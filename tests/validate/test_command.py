"""The command of the validation: sections of both kinds run, unknown ones are refused."""

import subprocess
import sys

from tests.validate import day, pages

COMMAND = (sys.executable, "-m", "tests.validate")


def test_sections_of_both_kinds_run():
    """One section over all cores and one in its own process end with 0, say so, and leave the page."""
    before = pages.PAGE.read_text()
    ran = subprocess.run([*COMMAND, "--short", "group", "peers"], check=True, capture_output=True, text=True)
    assert "### Group: independent people" in ran.stdout
    assert [line.split(":")[0] for line in ran.stderr.splitlines()] == ["group", "peers", "peers"]
    assert before == pages.PAGE.read_text()


def test_an_unknown_section_is_refused():
    """A name that is no section ends with 2 and says which there are."""
    ran = subprocess.run([*COMMAND, "charm"], check=False, capture_output=True, text=True)
    assert ran.returncode == 2
    assert "expected sections among false-positives, power" in ran.stderr


def test_only_sections_that_count_meetings_take_a_number_of_them():
    """`--meetings` beside a section that counts something else, or of none at all, ends with 2."""
    for words in (["workplace", "cost", "--meetings", "3"], ["workplace", "--meetings", "0"]):
        ran = subprocess.run([*COMMAND, *words], check=False, capture_output=True, text=True)
        assert ran.returncode == 2
        assert "expected --meetings 1 or more with endings, every-answer, every-look, heads" in ran.stderr


def test_growing_memory_misses_its_bar():
    """A day that keeps 2 MB after the third hour misses its bar; a flat one does not."""
    flat = [100.0] * 24
    assert "Missed" not in day.memory_table(flat)
    assert "Missed: grew by 2.0 MB after 3 h." in day.memory_table([*flat[:-1], 102.0])
