"""What people are called: by seat from left to right, by name where the asker gives names."""

import json
import re

import numpy as np
import pytest

import edge
from edge.cli import main
from edge.errors import SignalsError

RATE_HZ, SECONDS = 5, 200
LEFT_PX = {7: 900.0, 5: 100.0, 6: 500.0}
ORDER = [5, 6, 7]
SETTINGS = "measures: {enabled: [expression_synchrony]}\nprivacy: {profile: %s}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with a table of three seated people, its recording, and its results."""
    folder = tmp_path_factory.mktemp("names")
    rng = np.random.default_rng(3)
    lines = ["t_s,person,x_px,y_px,w_px,h_px,motion"]
    for k in range(SECONDS * RATE_HZ):
        for person, left in LEFT_PX.items():
            place = "" if k < RATE_HZ else f"{left + rng.normal(0, 9):.1f}"  # unknown for a second
            lines.append(f"{k / RATE_HZ},{person},{place},50,80,80,{rng.standard_normal():.4f}")
    table = folder / "t.csv"
    table.write_text("\n".join(lines) + "\n")
    (folder / "c.yaml").write_text(SETTINGS % "research")
    assert (
        main(["replay", str(table), "--config", str(folder / "c.yaml"), "--out", str(folder / "t.jsonl")])
        == 0
    )
    measure = ["--measures", "expression_synchrony"]
    assert main(["measure", str(table), "--out", str(folder / "t.json"), *measure]) == 0
    return folder


def shown(folder, name, *words):
    """Return the page of a file."""
    assert main(["report", str(folder / name), "--out", str(folder / "page.html"), *words]) == 0
    return (folder / "page.html").read_text()


def test_both_outputs_hold_the_seats(folder):
    """The recording lists people from left to right, each result has the seats of its people."""
    lines = [json.loads(line) for line in (folder / "t.jsonl").read_text().splitlines()]
    assert lines[-1]["seats"] == ORDER
    drawn = {tuple(one["subject"]): len(one["draws"]) for one in lines if one["type"] == "null"}
    assert drawn[5, 7] >= 19
    results = json.loads((folder / "t.json").read_text())
    pair = next(one for one in results if one["subject"] == [5, 7])
    assert pair["seats"] == {"5": 1, "7": 3}
    assert len(pair["draws"]) >= 19
    assert np.mean(pair["draws"]) == pytest.approx(pair["null"]["mu"], rel=1e-3)
    assert edge.read(folder / "t.csv").seats == tuple(ORDER)


@pytest.mark.parametrize("name", ["t.jsonl", "t.json"])
def test_people_are_called_by_seats_or_names(folder, name):
    """Without names every label is a seat; with names none is, and the text of a name is no HTML."""
    page = shown(folder, name)
    assert "From left to right: seat 1 (5), seat 2 (6), seat 3 (7)." in page
    assert not re.search(r">(Person )?[567]<", page)
    page = shown(folder, name, "--names", "Ann <b>, B&C ,Ödön")
    assert "From left to right: Ann &lt;b&gt; (5), B&amp;C (6), Ödön (7)." in page
    assert "<b>," not in page
    assert not re.search(r"(?i)>seat \d", page)
    assert shown(folder, name, "--names", "6=Eva").count("Eva (6)") == 1


def test_a_workplace_lists_nobody(folder, tmp_path):
    """Under the workplace profile the recording holds no list of people and no draws of pairs."""
    (tmp_path / "c.yaml").write_text(SETTINGS % "workplace")
    out = tmp_path / "w.jsonl"
    assert (
        main(["replay", str(folder / "t.csv"), "--config", str(tmp_path / "c.yaml"), "--out", str(out)]) == 0
    )
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert "seats" not in lines[-1]
    assert not [one for one in lines if one["type"] == "null"]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("Ann,Ben", "expected 3 names, from left to right, got 2 for t.jsonl"),
        ("Ann,,Ben", "expected names such as A,B or 837=A,853=B, got 'Ann,,Ben' at --names"),
        ("5=Ann,Ben,Eva", "expected names such as A,B or 837=A,853=B"),
        ("x=Ann", "expected names such as A,B or 837=A,853=B"),
        ("Ann,Ann,Ben", "expected different names, got 'Ann,Ann,Ben' at --names"),
        ("8=Ann", "expected a person of 5, 6, 7, got 8 as a name's"),
    ],
)
def test_names_that_do_not_fit_are_one_line(folder, tmp_path, capsys, names, said):
    """A wrong number of names, and what is none, is refused before the page is written."""
    capsys.readouterr()
    out = tmp_path / "page.html"
    assert main(["report", str(folder / "t.jsonl"), "--names", names, "--out", str(out)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {said}")
    assert error.count("\n") == 1
    assert not out.exists()


def test_names_from_left_to_right_need_seats(tmp_path):
    """A recording without places asks for names by number."""
    path = tmp_path / "m.jsonl"
    path.write_text('{"type": "measure", "t_s": 5, "name": "x", "subject": [1, 2], "value": 1}\n')
    with pytest.raises(SignalsError, match=r"got none in m.jsonl: give names as 1=\.\.\., 2=\.\.\."):
        edge.report(path, tmp_path / "page.html", names=["Ann", "Ben"])
    edge.report(path, tmp_path / "page.html", names={1: "Ann"})
    assert "Ann" in (tmp_path / "page.html").read_text()
