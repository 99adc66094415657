"""Many dyads together: who follows is told from who only has the same rhythm, or sees the same film."""

import csv
import json

import numpy as np
import pytest

import edge
from edge.cli import main
from edge.study import Dyad, Lengths, held, study

RATE_HZ, SECONDS, DYADS, FOLLOWS_N = 5, 150, 8, 3
LENGTHS = Lengths(rate_hz=RATE_HZ, window_s=7.0, max_lag_s=2.0, hop_s=2.0)


def smooth(rng, seconds=SECONDS):
    """Return a signal that changes within a second."""
    return np.convolve(rng.standard_normal(seconds * RATE_HZ + 4), np.ones(5) / 5, "valid")


def dyads(kind):
    """Return dyads that follow, that only watch one film, or that have nothing in common."""
    film = smooth(np.random.default_rng(99))
    found = []
    for k in range(DYADS):
        rng = np.random.default_rng(k)
        first, second = smooth(rng), smooth(rng)
        if kind == "follows":
            second = np.roll(first, FOLLOWS_N) + 0.3 * second
        elif kind == "film":
            first, second = film + 0.5 * first, film + 0.5 * second
        found.append(Dyad(name=f"d{k}", first=first, second=second, rate_hz=RATE_HZ))
    return found


@pytest.mark.parametrize(
    ("kind", "within", "between"), [("follows", True, True), ("film", True, False), ("alone", False, False)]
)
def test_two_nulls(kind, within, between):
    """Following beats both nulls; one film for all beats only the dyad out of step; strangers beat none."""
    found = study(dyads(kind), LENGTHS, draws=39)
    assert (found.all.within.p == 1 / 40) == within
    assert (found.all.between.p < 0.01) == between
    assert (found.effect > 2) == between
    assert [one.within.n for one in found.dyads] == [39] * DYADS
    assert [one.between.n for one in found.dyads] == [2 * (DYADS - 1)] * DYADS
    if kind == "follows":
        assert {one.lag_s for one in found.dyads} == {FOLLOWS_N / RATE_HZ}


def test_strength_is_the_mean_largest_z():
    """S of every pairing is the mean over windows of the largest Fisher z of plain correlations."""
    some = dyads("follows")[:3]
    found = study(some, LENGTHS, draws=19)
    window, lags, hop = 35, 10, 10
    for i, first in enumerate(some):
        for j, second in enumerate(some):
            x, y, peaks = first.first, second.second, []
            for start in range(0, len(x) - window - lags + 1, hop):
                still_x, still_y = x[start : start + window], y[start : start + window]
                later = [slice(start + k, start + k + window) for k in range(lags + 1)]
                r = [np.corrcoef(still_x, y[one])[0, 1] for one in later]
                peaks.append(np.arctanh(max(r + [np.corrcoef(x[one], still_y)[0, 1] for one in later])))
            assert found.pairings[i, j] == pytest.approx(np.mean(peaks), rel=1e-3)


def test_a_value_among_draws():
    """Draws that are not below the value count, and the value; missing draws count for nothing."""
    draws = np.array([1.0, 2.0, 3.0, np.nan])
    assert (held(2.0, draws).p, held(9.0, draws).p, held(2.0, draws).n) == (3 / 4, 1 / 4, 3)
    assert held(4.0, draws).z == pytest.approx(2.0)
    assert np.isnan(held(np.nan, draws).p)


def test_a_dyad_that_never_moves_takes_nobody_along():
    """A dyad without a value has none, and the others are judged without it."""
    some = dyads("follows")
    some[2] = Dyad(name="still", first=some[2].first, second=np.zeros(SECONDS * RATE_HZ), rate_hz=RATE_HZ)
    found = study(some, LENGTHS, draws=19)
    assert np.isnan(found.dyads[2].value)
    assert (found.all.within.p, found.all.between.p < 0.01) == (1 / 20, True)


@pytest.fixture
def tables(tmp_path):
    """Write four dyads as tables."""
    folder = tmp_path / "tables"
    folder.mkdir()
    for k, one in enumerate(dyads("follows")[:4]):
        rows = [
            f"{n / RATE_HZ},{p},{v[n]:.5f}"
            for n in range(len(one.first))
            for p, v in enumerate((one.first, one.second))
        ]
        (folder / f"{k}.csv").write_text("\n".join(["t_s,person,motion", *rows]) + "\n")
    return folder


def test_from_files_to_rows_and_a_figure(tables, tmp_path, capsys):
    """A folder of tables becomes a row a dyad and one for all, the same as JSON, and a drawing."""
    rows, body, figure = (tmp_path / name for name in ("s.csv", "s.json", "s.svg"))
    asked = ["--draws", "19", "--hop-s", "2"]
    assert main(["study", str(tables), "--out", str(rows), "--figure", str(figure), *asked]) == 0
    assert "4 dyads: mean strength" in capsys.readouterr().err
    assert main(["study", str(tables), "--out", str(body), *asked]) == 0
    with rows.open() as file:
        found = list(csv.DictReader(file))
    told = json.loads(body.read_text())
    assert [row["dyad"] for row in found] == ["0", "1", "2", "3", "all"]
    assert [float(row["value"]) for row in found[:4]] == [one["value"] for one in told["dyads"]]
    assert [float(row["lag_s"]) for row in found[:4]] == [FOLLOWS_N / RATE_HZ] * 4
    assert [told["pairings"][k][k] for k in range(4)] == [one["value"] for one in told["dyads"]]
    assert (found[0]["version"], len(found[0]["hash"]), found[0]["seed"]) == (edge.__version__, 64, "1")
    assert figure.read_text().startswith("<svg")
    assert "12 pseudo-dyads" in figure.read_text()


def test_what_is_no_study_is_refused(tables, tmp_path, capsys):
    """Two dyads, a short one and an unknown ending are one line, and nothing is written."""
    out = str(tmp_path / "s.csv")
    assert main(["study", str(tables / "0.csv"), str(tables / "1.csv"), "--out", out]) == 1
    assert "expected at least 3 dyads, got 2" in capsys.readouterr().err
    lines = (tables / "3.csv").read_text().splitlines()[:600]
    (tables / "3.csv").write_text("\n".join(lines) + "\n")
    assert main(["study", str(tables), "--out", out]) == 1
    assert "expected at least 90 s of both, got 59.8 s of 3" in capsys.readouterr().err
    assert main(["study", str(tables), "--out", str(tmp_path / "s.xls")]) == 1
    assert "expected an ending of .csv, .json, got .xls" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["tables"]
