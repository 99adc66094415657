"""`correlate` on tables: columns, missing cells, constant stretches, errors with their line."""

import csv
import io
import json
import re

import numpy as np
import pytest

from edge.cli import main
from edge.errors import SignalsError
from edge.tables import read, two
from edge.windows import correlate, fisher
from tests import naive
from tests.bench.correlator import BARS, missed

ASK = ["--rate-hz", "10", "--window-s", "2", "--max-lag-s", "0.5", "--hop-s", "1"]


def table(path, x, y, delimiter=","):
    """Write two columns a, b; NaN becomes an empty cell."""
    lines = [
        delimiter.join("" if np.isnan(v) else repr(float(v)) for v in row) for row in zip(x, y, strict=True)
    ]
    path.write_text(f"a{delimiter}b\n" + "".join(f"{line}\n" for line in lines))
    return path


def test_windows_are_cut_as_documented_and_gaps_are_pairwise(tmp_path, capsys):
    """Every r on standard output equals brute force over the window's valid samples; the rest is empty."""
    rng = np.random.default_rng(3)
    x, y = rng.integers(-99, 99, (2, 97)).astype(float)
    x[30:33], y[60:72] = np.nan, np.nan
    assert main(["correlate", str(table(tmp_path / "t.csv", x, y)), *ASK]) == 0
    header, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    assert header[:4] == ["window", "start_s", "coverage", "lag_-0.5"]
    assert len(rows) == int(np.ceil((97 - 20 - 5 + 1) / 10))
    for w, row in enumerate(rows):
        expected = naive.lag_r(x, y, w * 10 + 20 + 5 - 1, (20, 5))
        values = np.array([float(cell) if cell else np.nan for cell in row[3:]])
        np.testing.assert_allclose(expected, values, rtol=1e-9, atol=1e-12)
        both = np.isfinite(x[w * 10 : w * 10 + 20]) & np.isfinite(y[w * 10 : w * 10 + 20])
        assert [str(w), f"{w:g}", f"{both.mean():g}"] == row[:3]
    assert any("" in row[3:] for row in rows)


def test_constant_window_is_empty_and_copy_is_one(tmp_path):
    """A constant window is not measurable; identical columns give exactly 1 at lag 0."""
    x = np.concatenate([np.full(40, 7.0), np.random.default_rng(1).integers(0, 99, 60)])
    windows = correlate(x, x, rate_hz=10, window_s=2, max_lag_s=0.5, hop_s=1)
    assert np.isnan(windows.r[0]).all()
    assert windows.r[-1, 5] == 1.0


def test_fisher_z_is_clamped_like_rmea():
    """Z is atanh(r), +-10 at |r| = 1, NaN where r is NaN."""
    x = np.concatenate([np.full(40, 7.0), np.random.default_rng(1).integers(0, 99, 60)])
    for sign in (1, -1):
        windows = correlate(x, sign * x, rate_hz=10, window_s=2, max_lag_s=0.5, hop_s=1)
        z = fisher(windows).r
        assert np.isnan(z[0]).all()
        assert z[-1, 5] == sign * 10.0
        between = np.delete(windows.r[-1], 5)
        np.testing.assert_allclose(np.log((1 + between) / (1 - between)) / 2, np.delete(z[-1], 5), rtol=1e-9)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", " "])
def test_delimiters_and_named_columns(tmp_path, delimiter):
    """Comma, semicolon, tab and space separate; columns are taken by name in the order given."""
    x, y = np.arange(50.0) % 7, np.arange(50.0) ** 2 % 11
    path = table(tmp_path / "t.csv", x, y, delimiter)
    np.testing.assert_array_equal(x, two(read(path, rate_hz=10, columns=["a", "b"]))[0])
    np.testing.assert_array_equal(x, two(read(path, rate_hz=10, columns=["b", "a"]))[1])


WRONG = [
    ("a,b\n1,2\n3,4\n5,four\n", [], r"expected a number, got 'four' in column b at .*:4"),
    ("a,b\n1,2\n3\n5,6\n", [], r"expected 2 fields, got 1 at .*:3"),
    ("a,b\n1\n", [], r"expected 2 fields, got 1 at .*:2"),
    ("a,b\n", [], "got only a header"),
    ("", [], "expected a table with a header, got nothing"),
    ("a\n1\n", [], "expected two people, got 1 of 0"),
    ("a,b\n1,2\n", ["--columns", "a,c"], "got 'c'"),
    ("a,b\n1,2\n", ["--columns", "a"], "got 'a' at --columns"),
    ("a,b\n1,2\n2,2\n", [], "expected at least 25 samples for one window, got 2"),
    ("a,b\n" + "1,2\n" * 99, ["--max-lag-s", "2"], "less than the window"),
    ("a,b\n1,2\n2,2\n", ["--window-s", "0.1"], "expected at least 2 samples, got 1 at window_s"),
    ("a,b\n1,2\n2,2\n", ["--hop-s", "0"], "at hop_s"),
    ("a,b\n1,2\n", ["--rate-hz", "nan"], "rate_hz"),
]


@pytest.mark.parametrize(("text", "more", "message"), WRONG)
def test_errors_are_one_line(tmp_path, capsys, text, more, message):
    """What is wrong with the table or the request is one line on stderr, exit 1, and no file appears."""
    path, out = tmp_path / "t.csv", tmp_path / "out.csv"
    path.write_text(text)
    assert main(["correlate", str(path), *ASK, *more, "--out", str(out)]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("error: expected ")
    assert re.search(message, line)
    assert list(tmp_path.iterdir()) == [path]


def test_missing_file_is_named(tmp_path):
    """A table that is not there is a SignalsError with its path."""
    with pytest.raises(SignalsError, match=r"No such file.*t\.csv"):
        read(tmp_path / "t.csv")


def test_bench_prints_one_object(capfd):
    """`bench correlator --json` is one JSON object; the exit status says whether a bar was missed."""
    status = main(["bench", "correlator", "--json"])
    figures = json.loads(capfd.readouterr().out)
    assert {"cpu", "cores", "python", "versions"} <= figures["machine"].keys()
    assert all(figures["correlator"][name] > 0 for name in BARS)
    assert status == int(bool(missed(figures["correlator"])))


def test_bench_names_what_misses_its_bar():
    """A figure at its bar holds; one above it is named with the bar and what came."""
    assert missed(BARS) == []
    assert missed(BARS | {"update_over_memcpy": 1.6}) == ["update_over_memcpy: expected at most 1.5, got 1.6"]
