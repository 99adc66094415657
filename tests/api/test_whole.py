"""Recordings are measured whole: the whole time, everybody who was there, and in windows if asked."""

import csv
import json

import numpy as np
import pytest

import edge
from edge.cli import main
from edge.config import Config
from edge.config.sections import MeasuresSection, MimicrySection
from edge.pipeline.engine import SignalEngine
from edge.pipeline.whole import whole

ONLY = {"measures": ["expression_synchrony"]}
RATE_HZ = 10


def series(seconds, seed):
    """Return a smooth series and the same half a second later, with noise."""
    rng = np.random.default_rng(seed)
    x = np.convolve(rng.standard_normal(seconds * RATE_HZ + 8), np.ones(4) / 4, "valid")
    return x[5:], x[:-5] + 0.1 * rng.standard_normal(len(x) - 5)


def write(path, rows):
    """Write rows of time, person, value."""
    path.write_text("t_s,person,motion\n" + "".join(f"{t:.1f},{p},{v:.6f}\n" for t, p, v in rows))
    return path


def rows(values, person, start_s=0.0):
    """Give one person's rows."""
    return [(start_s + k / RATE_HZ, person, value) for k, value in enumerate(values)]


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """Return a table in which 2 follows 1 and leaves at 220 s of 320 s; 3 comes then, follows nobody."""
    x, y = series(320, 3)
    other = series(100, 4)[0]
    found = rows(x[:3200], 1) + rows(y[:2200], 2) + rows(other[:990], 3, 221.0)
    return write(tmp_path_factory.mktemp("left") / "left.csv", sorted(found))


def pairs(found):
    """Return the measures of pairs by subject."""
    return {one.subject: one for one in found if len(one.subject) == 2}


def test_who_leaves_keeps_the_result(left, tmp_path):
    """The pair that was there until 220 s has the result that the recording had then, digit by digit."""
    found = pairs(edge.measure(edge.read(left), **ONLY))
    table = edge.read(left)
    cut = write(
        tmp_path / "cut.csv",
        [row for row in zip(table.t_s, table.person, table.values[:, 0], strict=True) if row[0] < 220],
    )
    then = pairs(edge.measure(edge.read(cut), **ONLY))
    assert set(found) == {(1, 2), (1, 3)}
    one, other = found[1, 2], then[1, 2]
    assert (one.value, one.p, one.n, one.lag_s) == (other.value, other.p, other.n, other.lag_s)
    assert one.state == "above"
    assert one.over_s == pytest.approx((0.0, 219.9))
    assert found[1, 3].over_s == pytest.approx((221.0, 319.9))


def test_numbers_that_are_one_person_are_joined(left, capsys):
    """`--same 2=3` measures both as one pair over the whole time; numbers there at once are refused."""
    assert main(["measure", str(left), "--same", "2=3", "--measures", "expression_synchrony"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(one["subject"], one["over_s"]) for one in found if one["subject"]] == [([1, 2], [0.0, 319.9])]
    assert main(["measure", str(left), "--same", "1=2"]) == 1
    assert "expected two numbers of one person, got both 1 and 2 at 0 s" in capsys.readouterr().err


def test_windows_tell_the_halves_apart(tmp_path):
    """Following in the first half only: the whole shows it, windows show where."""
    x, y = series(800, 5)
    y = np.concatenate([y[:4000], series(400, 6)[0][:3990]])
    table = edge.read(write(tmp_path / "halves.csv", sorted(rows(x[:7990], 1) + rows(y[:7990], 2))))
    found = edge.measure(table, horizon_s=400, **ONLY)
    first, second = (one for one in found if len(one.subject) == 2)
    assert (first.state, first.over_s) == ("above", (0.0, 400.0))
    assert first.lag_s == pytest.approx(0.5, abs=0.1)
    assert (second.state, second.over_s) == ("at_chance", (400.0, 798.9))
    (all_of_it,) = pairs(edge.measure(table, **ONLY)).values()
    assert all_of_it.over_s == (0.0, 798.9)
    assert second.value < all_of_it.value < first.value
    with pytest.raises(edge.EdgeError, match="expected at least 180 s, got 20 at horizon_s"):
        edge.measure(table, horizon_s=20)


def test_a_long_recording_has_the_evidence_of_a_device(tmp_path):
    """Bets of a recording beyond the horizon see what a device keeps: the same evidence, digit by digit."""
    x, y = series(420, 7)
    found = rows(x[:4190], 1) + rows(y[:4190], 2) + rows(series(420, 8)[0][:4190], 3)
    table = edge.read(write(tmp_path / "long.csv", sorted(found)))
    names = ("expression_synchrony", "rapport_triad", "coupling_loop")
    config = Config(measures=MeasuresSection(enabled=names), mimicry=MimicrySection(horizon_s=200.0))
    device = SignalEngine(config, table.channels)
    for people in table.samples():
        device.update(people, people[0].t_ns)
    live = {(one.name, one.subject): one.evidence for one in device.finish().measures}
    offline = {(one.name, one.subject): one for one in whole(table, config).measures}
    assert {key: one.evidence for key, one in offline.items()} == live
    assert live["expression_synchrony", (1, 2)] > 1
    assert offline["expression_synchrony", (1, 2)].over_s == (0.0, 418.9)


def test_results_are_tidy_rows(left, tmp_path, capsys):
    """The ending chooses the format; each row says whose it is, over which time, and where it comes from."""
    out = tmp_path / "found.csv"
    asked = ["--measures", "expression_synchrony", "--names", "1=Eva,2=Ben", "--people", "1,2"]
    assert main(["measure", str(left), *asked, "--out", str(out)]) == 0
    assert "measured: 0 to 219.9 s" in capsys.readouterr().err
    with out.open() as file:
        found = list(csv.DictReader(file))
    one = next(row for row in found if row["leader"])
    assert (one["file"], one["who"], one["leader"], one["follower"]) == ("left.csv", "Eva Ben", "Eva", "Ben")
    assert (float(one["start_s"]), float(one["end_s"])) == (0.0, 219.9)
    assert (one["state"], one["version"], len(one["hash"])) == ("above", edge.__version__, 64)
    assert float(one["z"]) > 3
    assert main(["measure", str(left), *asked, "--out", str(tmp_path / "found.xls")]) == 1
    assert "expected an ending of .json, .csv, .tsv, .parquet, got .xls" in capsys.readouterr().err


def test_a_crowd_is_refused_and_many_numbers_are_not(tmp_path):
    """More than sixteen people at once are too many; a new number every few seconds is only much to tell."""
    crowd = [(k / RATE_HZ, person, k % 7) for k in range(20) for person in range(17)]
    with pytest.raises(edge.EdgeError, match="expected at most 16 people at once, got 17"):
        edge.measure(edge.read(write(tmp_path / "crowd.csv", crowd)))
    turns = [(k / RATE_HZ, k // 50, k % 7) for k in range(300)] + [
        (k / RATE_HZ, 99, k % 5) for k in range(300)
    ]
    found = edge.measure(edge.read(write(tmp_path / "turns.csv", turns)), **ONLY)
    assert {one.subject for one in found if one.subject} == {(k, 99) for k in range(6)}
