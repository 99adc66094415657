"""One page of many recordings, of results of `measure`, and of a study; what is none is refused."""

import re

import numpy as np
import pytest

import edge
from edge.cli import main
from edge.errors import SignalsError
from edge.reporting.lines import load

RATE_HZ, SECONDS = 5, 200


def table(path, seed, lag=3):
    """Write two people of whom the second moves as the first, `lag` samples later."""
    rng = np.random.default_rng(seed)
    x = np.convolve(rng.standard_normal(SECONDS * RATE_HZ + 3), np.ones(4) / 4, "valid")
    people = (x, np.roll(x, lag) + 0.3 * rng.standard_normal(len(x)))
    rows = [f"{k / RATE_HZ},{p},{y[k]:.4f}" for k in range(len(x)) for p, y in enumerate(people)]
    path.write_text("\n".join(["t_s,person,motion", *rows]) + "\n")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with three dyads, results of two of them, one in windows, and their study."""
    folder = tmp_path_factory.mktemp("several")
    (folder / "tables").mkdir()
    for k, name in enumerate("abc"):
        table(folder / "tables" / f"{name}.csv", k)
    measure = ("--measures", "expression_synchrony", "--names", "0=Eva & Co,1=Ben")
    assert main(["measure", str(folder / "tables/a.csv"), "--out", str(folder / "a.json"), *measure]) == 0
    windows = ("--horizon-s", "190", "--out", str(folder / "b.json"))
    assert main(["measure", str(folder / "tables/b.csv"), *windows, *measure[:2]]) == 0
    assert main(["study", str(folder / "tables"), "--out", str(folder / "study.json"), "--draws", "19"]) == 0
    return folder


def test_results_of_measure(folder, tmp_path):
    """Names, span, state and origin of one result list are on its page."""
    assert main(["report", str(folder / "a.json"), "--out", str(tmp_path / "a.html")]) == 0
    page = (tmp_path / "a.html").read_text()
    assert "<h3>Eva &amp; Co and Ben</h3>" in page
    assert "<code>expression_synchrony</code>: <b>above chance</b>" in page
    assert f'<h1>a.json</h1><p class="note">{SECONDS} s, 2 people' in page
    assert "seed 1; command: measure " in page
    assert "<article" not in page


def test_many_with_their_study(folder, tmp_path):
    """A row for each recording and window, each measure over all, the figure of the study."""
    files = [str(folder / name) for name in ("a.json", "b.json", "study.json")]
    assert main(["report", *files, "--out", str(tmp_path / "all.html")]) == 0
    page = (tmp_path / "all.html").read_text()
    assert "<h1>3 recordings</h1>" in page
    rows = page.split("All recordings", 1)[1].split("</table>")[0].split("<tr>")[2:]
    found = [re.findall(r"<td [^>]*>(.*?)</td>", row)[:3] for row in rows]
    assert found == [
        ['<a href="#r1">a.json</a>', "200", "2"],
        ['<a href="#r2">b.json, 0 to 190 s</a>', "190", "2"],
        ['<a href="#r3">b.json, 190 to 199.8 s</a>', "10", "2"],
    ]
    assert '<code>expression_synchrony</code></td><td data-head="above chance">2 (2)</td>' in page
    assert "3 dyads, d = " in page
    assert page.count("<article id=") == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", "expected results of measure, got an empty list"),
        ("[1]", "expected results of measure, got 1 at .*, result 1"),
        ('[{"type": "measure"}]', "expected a whole result, got KeyError"),
        ('[{"type": "measure", "name": "x", "subject": [1], "over_s": 5}]', "expected a whole result"),
        ('[{"type": "measure", "name": "x", "t_s": 1, "p": "a"}]', "expected a whole measure line"),
        ("[" * 100_000, "expected a JSON object, got one nested too deep"),
        ("[1", r"expected a JSON object, got '\[1', which is cut off, at .*:1$"),
        ('{"type": "room"', 'got \'{"type": "room"\', which is cut off, at .*:1$'),
        ('{"type": "room", "t": "12.5', "got '.*\"12.5', which is cut off, at .*:1$"),
        ('{"t_s": 1}\n\n{"t_s": 2}{"t_s": 3}', "got '{.*', which is wrong from character 11 on, at .*:3$"),
        ('{"t_s": "' + "x" * 99 + '",}', 'got \'{"t_s": "x{31}...\', which is wrong from character 111 on,'),
        ("t_s,person\n0,1", "got 't_s,person', which is wrong from character 1 on, at .*:1: recordings come"),
        ("[1,\n2 3]", r"got '\[1,.n2 3]', which is wrong from line 2, character 3 on, at .*:1$"),
        ('{\n"dyads": []\n}', "expected the JSON of a study, got KeyError"),
        ('{\n"dyads": [3], "pairings": [[1]]}', "expected the JSON of a study"),
        ("{\n", "expected the JSON of a study, got '{', which is cut off, at "),
    ],
)
def test_what_is_no_result_is_refused(text, said, tmp_path):
    """One line that names the file and the result; no page is written."""
    path = tmp_path / "found.json"
    path.write_text(text)
    with pytest.raises(SignalsError, match=said) as caught:
        edge.report([path], tmp_path / "page.html")
    assert str(path) in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert not (tmp_path / "page.html").exists()


def test_no_recording_at_all():
    """An empty list is refused."""
    with pytest.raises(SignalsError, match="at least one recording"):
        edge.report([], "page.html")


def test_a_last_line_that_was_cut_off_is_left_out(tmp_path, caplog):
    """Wherever a kill cut the last line, all before it is read, and the line that is left out is named."""
    whole = '{"type": "frame", "t_s": 0.5, "person": 1, "signals": {"AU12": 0.5}}\n'
    last = '{"type": "room", "t_s": 1.5, "x": [true, null, -1.5e-3, "a\\u00e9\\n"]}'
    path = tmp_path / "killed.jsonl"
    for length in range(1, len(last)):
        caplog.clear()
        path.write_text(whole + last[:length])
        assert load(path).end_s == 0.5
        assert [one.getMessage() for one in caplog.records] == [
            f"left out {path}:2, a last line that was cut off"
        ]
    path.write_text(whole + last)
    assert load(path).end_s == 1.5
    path.write_text(last[:30] + "\n" + whole)
    with pytest.raises(SignalsError, match=r"which is cut off, at .*:1$"):
        load(path)


def test_a_mark_of_the_encoding_is_no_content(tmp_path):
    """A recording that an editor saved with a byte order mark is read as the same without one."""
    line = '{"type": "frame", "t_s": 0.5, "person": 1, "signals": {"AU12": 0.5}}\n'
    for name, encoding in (("plain.jsonl", "utf-8"), ("marked.jsonl", "utf-8-sig")):
        (tmp_path / name).write_text(line, encoding)
    plain, marked = (load(tmp_path / name) for name in ("plain.jsonl", "marked.jsonl"))
    assert marked.people == plain.people == [1]
    assert (marked.start_s, marked.end_s) == (0.5, 0.5)
