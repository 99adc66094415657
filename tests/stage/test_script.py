"""Odd scripts give one clear line; every example script is good."""

from pathlib import Path

import pytest

from edge.errors import StageError
from edge.stage import load_script, simulate

EXAMPLES = sorted((Path(__file__).parents[2] / "firmware_configs" / "stage").glob("*.yaml"))
ONE = "people:\n  - {portrait: hopper}\n"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_good(path):
    """Each example script loads and its people move."""
    assert len(simulate(path).movements) > 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("people: []\n", "expected a list of 1 to 16 elements, got 0 at people, line 1"),
        (
            "people:\n" + "  - {portrait: hopper}\n" * 17,
            "expected a list of 1 to 16 elements, got 17 at people, line 2",
        ),
        ("seconds: 5\n", "expected key 'people', got none at the script, line 1"),
        (ONE + "secnds: 5\n", "got key 'secnds' at secnds, line 3"),
        (ONE + "seconds: .nan\n", "expected a number from 0.04 to 7200, got '.nan' at seconds, line 3"),
        (ONE + "seconds: yes\n", "expected a number from 0.04 to 7200, got 'yes' at seconds, line 3"),
        (ONE + "seconds: 5\nseconds: 6\n", "expected each key once, got 'seconds' twice at seconds, line 4"),
        (ONE + "size_px: [640]\n", "expected a list of 2 elements, got 1 at size_px, line 3"),
        (ONE + "jitter_s: 0.01\n", "expected jitter_s of at most a tenth of a frame period, got 0.01 s"),
        (
            "people:\n  - {portrait: mona}\n",
            "expected one of astronaut, hopper, got 'mona' at people[0].portrait",
        ),
        (
            "people:\n  - {portrait: hopper, enter_s: 5, leave_s: 4}\n",
            "expected leave_s after enter_s, got 4",
        ),
        (
            ONE + "behaviour:\n  own:\n    - {channels: [AU99], per_minute: 1}\n",
            "got 'AU99' at behaviour.own[0]",
        ),
        (
            ONE + "behaviour:\n  events:\n    - {person: 1, channels: [AU12], at_s: 1}\n",
            "expected a whole number from 0 to 0, got '1' at behaviour.events[0].person, line 5",
        ),
        (
            (
                "people:\n  - {portrait: hopper}\n  - {portrait: hopper}\nbehaviour:\n  mimicry:\n"
                "    - {leader: 1, follower: 1, channels: [AU12], probability: 1}\n"
            ),
            "expected two different people, got person 1 twice",
        ),
        (
            ONE + "behaviour:\n  own:\n    - {channels: [AU45], per_minute: 9, onset_s: 0.02, hold_s: 0, "
            "offset_s: 0.02}\n",
            "expected onset, hold and offset of 0.06 s or more together",
        ),
        ("people: [\n", "expected YAML, got"),
        ("\n", "expected a stage script, got nothing"),
        ("- 1\n- 2\n", "expected a mapping, got a seq at the script, line 1"),
    ],
)
def test_odd_scripts_name_line_key_and_expectation(text, message):
    """An odd value, key or shape is refused with one line that names the place and what belongs there."""
    with pytest.raises(StageError) as caught:
        load_script(text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["missing", "binary"])
def test_unreadable_files_are_one_line(tmp_path, content):
    """A missing or a binary file is a stage error that names the path."""
    path = tmp_path / "scene.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StageError) as caught:
        load_script(path)
    assert str(path) in str(caught.value)
