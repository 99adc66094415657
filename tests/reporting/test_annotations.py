"""Movements and verdicts for coders: the same seconds in every program's own form."""

import json

import pytest

from edge.cli import main

STATES = [(200, "at_chance"), (203, "above"), (206, "above"), (209, "at_chance"), (212, "above")]
LINES = [
    {"type": "event", "person": 7, "channel": "AU12", "onset_s": 2.5, "offset_s": 3.25, "brief": False},
    {"type": "event", "person": 9, "channel": "AU45", "onset_s": 1.0, "offset_s": 1.2, "brief": True},
    *(
        {"type": "measure", "t_s": t_s, "name": "expression_synchrony", "subject": [7, 9], "state": state}
        for t_s, state in STATES
    ),
]


@pytest.fixture
def recording(tmp_path):
    """Return a recording of two movements and two spans above chance."""
    path = tmp_path / "meeting.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in LINES))
    return path


@pytest.mark.parametrize(
    ("program", "rows"),
    [
        (
            "elan",
            [
                "Tier\tBegin Time - ss.msec\tEnd Time - ss.msec\tDuration - ss.msec\tAnnotation",
                "9 AU45\t1.000\t1.200\t0.200\tbrief",
                "Eva AU12\t2.500\t3.250\t0.750\tlonger",
                "Eva 9 expression_synchrony\t203.000\t206.000\t3.000\tabove chance",
                "Eva 9 expression_synchrony\t212.000\t212.000\t0.000\tabove chance",
            ],
        ),
        (
            "boris",
            [
                "1.000\t9\tAU45\t\tbrief",
                "1.200\t9\tAU45\t\tbrief",
                "2.500\tEva\tAU12\t\tlonger",
                "3.250\tEva\tAU12\t\tlonger",
                "203.000\tEva 9\texpression_synchrony\t\tabove chance",
                "206.000\tEva 9\texpression_synchrony\t\tabove chance",
                "212.000\tEva 9\texpression_synchrony\t\tabove chance",
                "212.000\tEva 9\texpression_synchrony\t\tabove chance",
            ],
        ),
        (
            "csv",
            [
                "start_s,end_s,who,what,note",
                '1.000000,1.200000,"9",AU45,brief',
                '2.500000,3.250000,"Eva",AU12,longer',
                '203.000000,206.000000,"Eva 9",expression_synchrony,above chance',
                '212.000000,212.000000,"Eva 9",expression_synchrony,above chance',
            ],
        ),
    ],
)
def test_each_program_has_its_form(program, rows, recording, tmp_path):
    """Movements and spans stand in time, with names where they are given."""
    out = tmp_path / "events.txt"
    assert main(["events", str(recording), "--for", program, "--names", "7=Eva", "--out", str(out)]) == 0
    assert out.read_text().splitlines() == rows


@pytest.mark.parametrize(
    ("names", "text", "message"),
    [
        ("Eva", None, "expected pairs such as 837=A, got 'Eva' at --names"),
        ("", '{"type":"health","t_s":1}\n', "expected movements or verdicts, got none in meeting.jsonl"),
        ("", "t_s,person\n", "expected a JSON object"),
    ],
)
def test_what_holds_no_events_is_said(names, text, message, recording, capsys):
    """Names that are none, and recordings without movements, are one line."""
    if text is not None:
        recording.write_text(text)
    assert main(["events", str(recording), "--names", names]) == 1
    assert capsys.readouterr().err.startswith(f"error: {message}")
