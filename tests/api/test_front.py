"""The functions of the package beside the commands of the same names, and what they refuse."""

import json

import numpy as np
import pytest

import edge
from edge.cli import main
from edge.records import Null

RATE_HZ = 10.0


@pytest.fixture(scope="module")
def pair():
    """Two series of 210 s, the second half a second later."""
    x = np.convolve(np.random.default_rng(11).standard_normal(2108), np.ones(4) / 4, mode="valid")
    return x[5:2105], x[:2100]


@pytest.fixture
def table(pair, tmp_path):
    """Return the file with both of them."""
    lines = ["t_s,person,motion"]
    for k, (a, b) in enumerate(zip(*pair, strict=True)):
        lines += [f"{k / RATE_HZ!r},1,{float(a)!r}", f"{k / RATE_HZ!r},2,{float(b)!r}"]
    path = tmp_path / "pair.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def numbers(found):
    """Return what each measure says, by name and subject."""
    return {
        (one.name, one.subject): (one.value, one.p, one.n, one.lag_s, one.state, one.extra) for one in found
    }


def test_measure_from_python_and_by_the_command(table, capsys):
    """A table gives the same numbers to the last digit from Python and by the command."""
    assert main(["measure", str(table), "--surrogates", "19", "--seed", "3"]) == 0
    printed = json.loads(capsys.readouterr().out)
    found = edge.measure(edge.read(table), surrogates=19, seed=3)
    by_command = {
        (one["name"], tuple(one["subject"])): tuple(
            one[key] for key in ("value", "p", "n", "lag_s", "state", "extra")
        )
        for one in printed
    }
    assert by_command == numbers(found)
    assert any(one.state == "above" for one in found)


def test_arrays_give_what_their_table_gives(pair, table):
    """Arrays at a rate are measured like the table that holds them, listed or by person."""
    asked = {"surrogates": 19, "measures": ["expression_synchrony"]}
    expected = numbers(edge.measure(edge.read(table), **asked))
    assert numbers(edge.measure(pair, rate_hz=RATE_HZ, **asked)) == expected
    named = edge.measure({7: pair[0].tolist(), 9: pair[1].tolist()}, rate_hz=RATE_HZ, **asked)
    assert [one.subject for one in named if len(one.subject) == 2] == [(7, 9)]
    assert named[0].value == expected["expression_synchrony", (1, 2)][0]


def test_correlate_takes_lists_and_prints_like_the_command(pair, tmp_path, capsys):
    """Lists and arrays of whole numbers give the r that the command prints."""
    x, y = (np.round(one[:300] * 100) for one in pair)
    path = tmp_path / "dyad.csv"
    path.write_text("a,b\n" + "".join(f"{a:.0f},{b:.0f}\n" for a, b in zip(x, y, strict=True)))
    options = ["--rate-hz", "10", "--window-s", "5", "--max-lag-s", "1", "--hop-s", "2"]
    assert main(["correlate", str(path), *options]) == 0
    printed = [line.split(",")[3:] for line in capsys.readouterr().out.splitlines()[1:]]
    asked = {"rate_hz": 10, "window_s": 5, "max_lag_s": 1, "hop_s": 2}
    windows = edge.correlate([int(one) for one in x], y.astype(np.int32), **asked)
    np.testing.assert_array_equal(windows.r, np.array(printed, float))
    np.testing.assert_array_equal(windows.r, edge.correlate(x, y, **asked).r)


LENGTHS = {"rate_hz": 10, "window_s": 5, "max_lag_s": 1, "hop_s": 2}


@pytest.mark.parametrize(
    ("x", "y", "more", "message"),
    [
        ([1.0] * 99, [1.0] * 98, {}, "expected series of equal length, got 99 and 98 samples at x, y"),
        ([1.0] * 9, [1.0] * 9, {}, "expected at least 60 samples for one window, got 9 at x, y"),
        ([[1.0, 2.0]] * 99, [1.0] * 99, {}, r"expected a 1-d array, got shape \(99, 2\) at x"),
        (3.0, [1.0] * 99, {}, r"expected a 1-d array, got shape \(\) at x"),
        ([1.0] * 99, ["1.0"] * 99, {}, "expected numbers, got list of <U3 at y"),
        ("motion", [1.0] * 99, {}, "expected numbers, got str of <U6 at x"),
        ([1.0] * 99, [None] * 99, {}, "expected numbers, got list of object at y"),
        ([[1.0], [1.0, 2.0]], [1.0] * 99, {}, "expected numbers, got rows of unequal length at x"),
        ([np.inf] * 99, [1.0] * 99, {}, r"expected numbers of at most 1e\+30, got inf at x"),
        ([1.0] * 99, [1.0] * 99, {"rate_hz": "10"}, "expected numbers, got 5, '10' at window_s, rate_hz"),
        ([1.0] * 99, [1.0] * 99, {"max_lag_s": 5, "window_s": 4}, "less than the window"),
    ],
)
def test_correlate_names_what_it_expected(x, y, more, message):
    """Anything but two equally long rows of numbers is one sentence: expected what, got what, where."""
    with pytest.raises(edge.EdgeError, match=message):
        edge.correlate(x, y, **LENGTHS | more)


@pytest.mark.parametrize(
    ("signals", "more", "message"),
    [
        ("pair.csv", {}, "expected a table or arrays, got str as signals"),
        (None, {}, "expected a table or arrays, got NoneType as signals"),
        ([], {}, r"expected arrays of one shape \[N\] or \[N, C\] for everybody, got nobody"),
        ([[1.0], [1.0, 2.0]], {}, r"for everybody, got \(1, 1\), \(2, 1\)"),
        ([[1.0, 2.0]], {"rate_hz": None}, "expected a rate for arrays, got None at rate_hz"),
        ([[1.0, 2.0]], {"rate_hz": 0}, "expected a finite rate > 0, got 0 at rate_hz"),
        ([["a", "b"]], {}, "expected numbers, got list of <U1 at person 1"),
        ({"a": [1.0]}, {}, "expected a whole number, got 'a' as person"),
        ([1.0, 2.0], {}, r"for everybody, got \(\)"),
        ([[1.0, 2.0]], {"rate_hz": 1e-300}, r"expected at most 4e\+09 s, got 2 samples at 1e-300 Hz"),
        ([[[1.0, 2.0]]], {}, r"expected 2 different names, got \(\) as channels"),
        ([[[1.0, 2.0]]], {"channels": "ab"}, "expected 2 different names, got 'ab' as channels"),
        ([[1.0, 2.0]], {"measures": "charm"}, "expected a list of names, got 'charm' at measures"),
        ([[1.0, 2.0]], {"measures": None}, "expected a list of names, got None at measures"),
        ([[1.0, 2.0]], {"measures": ["charm"]}, "expected one of brief_event_mirroring"),
        ([[1.0, 2.0]], {"surrogates": 5}, r"expected a whole number in 19\.\.999, got 5 at surrogates"),
        ([[1.0, 2.0]], {"seed": 0.5}, "expected a whole number in 0.*, got 0.5 at seed"),
    ],
)
def test_measure_names_what_it_expected(signals, more, message):
    """Signals, names and numbers that cannot be are one sentence: expected what, got what, where."""
    with pytest.raises(edge.EdgeError, match=message):
        edge.measure(signals, **{"rate_hz": 10} | more)


@pytest.mark.parametrize("names", [("AU12", "AU25"), ("left", "right")])
def test_a_person_who_leaves_a_table_is_measured_and_the_table_stays(names):
    """Somebody away for a minute is forgotten and comes back; the caller's numbers are as they were."""
    rng = np.random.default_rng(2)
    here = [(k / 10, person) for k in range(2400) for person in (1, 2) if person == 1 or not 900 < k < 1500]
    table = edge.Table(
        t_s=np.array([t_s for t_s, _ in here]),
        frame=np.array([round(t_s * 10) for t_s, _ in here]),
        person=np.array([person for _, person in here]),
        channels=names,
        values=rng.normal(size=(len(here), 2)),
        context={},
    )
    before = table.values.copy()
    assert edge.measure(table, measures=["expression_synchrony"])
    np.testing.assert_array_equal(before, table.values)
    assert table.values.flags.writeable


def test_a_table_has_its_own_rate_and_names(table):
    """A rate or names beside a table, which has times and names, are refused."""
    with pytest.raises(edge.EdgeError, match="expected no rate for a table"):
        edge.measure(edge.read(table), rate_hz=10)
    with pytest.raises(edge.EdgeError, match="expected no names for a table"):
        edge.measure(edge.read(table), channels=["motion"])


def test_numbers_may_be_of_any_kind(pair):
    """Rates, seeds and draws of NumPy's types are numbers like those of Python."""
    own = {"rate_hz": 10.0, "surrogates": 19, "seed": 3}
    numpys = {"rate_hz": np.float32(10), "surrogates": np.int64(19), "seed": np.uint8(3)}
    names = ["expression_synchrony"]
    expected = numbers(edge.measure(pair, measures=names, **own))
    assert numbers(edge.measure(pair, measures=names, **numpys)) == expected
    whole = own | {"rate_hz": np.int64(10)}
    assert numbers(edge.measure(pair, measures=names, **whole)) == expected


def test_masked_is_missing(pair):
    """What an array masks is not measured, whatever number is under the mask, in any order in memory."""
    x, y = (one[:300] for one in pair)
    hidden = np.ma.masked_array(x, mask=np.arange(300) % 5 == 0)
    missing = np.where(hidden.mask, np.nan, x)
    windows, expected = (edge.correlate(one, y, **LENGTHS) for one in (hidden, missing))
    np.testing.assert_array_equal(windows.r, expected.r)
    np.testing.assert_array_equal(windows.coverage, 0.8)
    turned = edge.correlate(hidden[::-1], y[::-1], **LENGTHS)
    np.testing.assert_array_equal(turned.r, edge.correlate(missing[::-1].copy(), y[::-1].copy(), **LENGTHS).r)


def test_columns_may_have_names(pair, tmp_path):
    """Arrays with names for their columns are measured like the table that has columns of these names."""
    asked = {"surrogates": 19, "measures": ["expression_synchrony", "brief_event_mirroring"]}
    arrays = [np.column_stack([one, one[::-1]]) for one in pair]
    path = tmp_path / "units.csv"
    times = [(k, p, one) for k in range(len(pair[0])) for p, one in enumerate(arrays, 1)]
    rows = [f"{k / RATE_HZ!r},{p},{one[k, 0]!s},{one[k, 1]!s}" for k, p, one in times]
    path.write_text("\n".join(["t_s,person,AU12,AU06", *rows]) + "\n")
    found = edge.measure(arrays, rate_hz=RATE_HZ, channels=["AU12", "AU06"], **asked)
    assert numbers(found) == numbers(edge.measure(edge.read(path), **asked))
    assert numbers(found) != numbers(edge.measure(arrays, rate_hz=RATE_HZ, channels=["a", "b"], **asked))


def test_signals_refuses_a_rate_that_is_none(tmp_path):
    """A rate out of range, or a recording that is not there, is one sentence."""
    with pytest.raises(edge.EdgeError, match=r"expected a number in \(0, 1000\], got 0 at rate_hz"):
        edge.signals(tmp_path / "none.mp4", rate_hz=0)
    with pytest.raises(edge.EdgeError, match=r"expected a video .*none\.mp4"):
        edge.signals(tmp_path / "none.mp4")


def test_each_is_one_line(pair, table):
    """A table, windows and a measure show themselves in one line that names what is in them."""
    read = edge.read(table)
    assert repr(read) == "Table(2 people, 4200 rows, 209.9 s; motion)"
    windows = edge.correlate(*pair, **LENGTHS)
    assert repr(windows) == "Windows(103 windows, 21 lags to +-1 s)"
    found = edge.measure(read, measures=["expression_synchrony"])
    one = next(one for one in found if one.subject == (1, 2))
    assert repr(one).startswith("Measure(expression_synchrony of (1, 2): ")
    assert repr(one).endswith(", above)")
    room = next(one for one in found if not one.subject)
    assert repr(room) == "Measure(mimicry_index of the room: null rank, insufficient)"


def test_z_is_the_distance_from_the_null():
    """Z is (value - mu) / sd; without a value, a null or a spread there is none."""

    def z(value, null):
        return edge.Measure(name="m", subject=(1, 2), t_ns=0, value=value, unit="r", null=null).z

    assert z(0.7, Null(mu=0.1, sd=0.2)) == pytest.approx(3.0)
    assert z(None, Null(mu=0.1, sd=0.2)) is None
    assert z(0.7, None) is None
    assert z(0.7, Null(mu=0.1, sd=0.0)) is None


def test_a_table_is_written_and_read_again(table, pair, tmp_path):
    """`to_csv` keeps every digit and every empty cell; `of` is one person's series."""
    read = edge.read(table)
    np.testing.assert_array_equal(read.of(2, "motion"), pair[1])
    copy = tmp_path / "copy.csv"
    read.to_csv(copy)
    again = edge.read(copy)
    for name in ("t_s", "frame", "person", "values"):
        np.testing.assert_array_equal(getattr(read, name), getattr(again, name))
    assert again.channels == ("motion",)
    table.write_text("t_s,person,yaw_deg,a\n0,1,3.25,\n0.1,1,-2,7\n")
    edge.read(table).to_csv(copy)
    assert copy.read_text() == "t_s,frame,person,yaw_deg,a\n0.0,0,1,3.25,\n0.1,1,1,-2.0,7.0\n"
    with pytest.raises(edge.EdgeError, match="expected one of a, got 'b' as channel"):
        edge.read(table).of(1, "b")
    with pytest.raises(edge.EdgeError, match="expected one of 1, got 2 as person"):
        edge.read(table).of(2, "a")
