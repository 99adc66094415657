"""What a page says of verdicts that could not be judged."""

import json

import pytest

import edge
from edge.errors import SignalsError

ROOM = {
    "type": "room",
    "t_s": 240.0,
    "seen": [
        {"id": 1, "seconds": 240.0, "missing": {"warm_up": 0.08, "small": 0.004}},
        {"id": 2, "seconds": 240.0, "missing": {"turned": 0.6, "down": 0.05}},
        {"id": 3, "seconds": 240.0, "missing": {}},
    ],
}


def measure(state, subject=(1, 2), name="expression_synchrony"):
    """One line of a measure."""
    value = None if state == "insufficient" else 0.4
    return {
        "type": "measure",
        "t_s": 240,
        "name": name,
        "subject": list(subject),
        "value": value,
        "state": state,
    }


def page(folder, *lines):
    """Write the recording and return the page's first section."""
    recording, out = folder / "meeting.jsonl", folder / "meeting.html"
    recording.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    edge.report(recording, out)
    text = out.read_text()
    return text.split("What stands out", 1)[1].split("<h2>", 1)[0]


def test_what_could_not_be_judged_is_not_at_chance(tmp_path):
    """Where no verdict was possible the page names each person's missing time, and no chance."""
    told = page(tmp_path, measure("insufficient"), measure("insufficient", (1, 3)), ROOM)
    assert "Nothing could be judged." in told
    assert "Person 2 was not measurable 65% of the time (turned away 60%, looking down 5%)." in told
    assert "Person 1 was not measurable 8% of the time (own level being learnt 8%)." in told
    assert "Person 3" not in told
    assert "at chance" not in told


def test_verdicts_are_counted_by_what_became_of_them(tmp_path):
    """At chance are those that were judged; the others are counted apart, with what was missing."""
    judged = [measure("at_chance", (1, k)) for k in (3, 4, 5)]
    told = page(tmp_path, *judged, measure("above", (1, 6)), measure("insufficient"), ROOM)
    assert "<h3>1 and 6</h3>" in told
    assert "<code>expression_synchrony</code>: <b>above chance</b>, 0.4" in told
    assert "3 of 5 verdicts are at chance; 1 could not be judged." in told
    assert "turned away 60%" in told
    told = page(tmp_path, *judged, ROOM)
    assert "3 of 3 verdicts are at chance." in told
    assert "turned away" not in told


@pytest.mark.parametrize("missing", [{"turned": "much"}, {"turned": 1e300}, ["turned"]])
def test_shares_that_are_none_are_refused(tmp_path, missing):
    """A line whose shares are no numbers is an error that names it."""
    with pytest.raises(SignalsError, match="expected a whole room line"):
        page(tmp_path, measure("insufficient"), ROOM | {"seen": [{"id": 1, "missing": missing}]})


def test_the_foot_says_what_made_it(tmp_path):
    """Version, command, seed, hashes and span stand at the end of the page, as text."""
    origin = {"version": "0.1.0", "command": "replay <a>.csv", "seed": 7, "models_sha256": None}
    origin |= {"inputs": [{"name": "a.csv", "sha256": "ab12"}]}
    recording, out = tmp_path / "meeting.jsonl", tmp_path / "meeting.html"
    lines = [measure("above"), {"type": "health", "t_s": 240.0, "origin": origin}]
    recording.write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    edge.report(recording, out)
    foot = out.read_text().split("<footer", 1)[1]
    told = "mimicry-edge 0.1.0; seed 7; command: replay &lt;a&gt;.csv; SHA-256 of a.csv: ab12; 240 to 240 s"
    assert foot.startswith(f' class="note">{told}</footer>')
