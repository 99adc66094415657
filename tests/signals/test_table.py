"""The signals table: strict in, atomic out."""

import gzip
import math

import numpy as np
import pytest

from edge.errors import SignalsError
from edge.records import CHANNELS, Expression
from edge.tables import HEADER, TableWriter, from_expressions, read

CONTRACT = (
    "t_s,frame,person,x_px,y_px,w_px,h_px,presence,yaw_deg,pitch_deg,roll_deg,"
    "AU01,AU02,AU04,AU05,AU06,AU07,AU09,AU10,AU12,AU14,AU15,AU17,AU18,AU20,AU23,AU24,AU25,AU26,AU45"
)


def expression(t_ns, person=1, index=0, value=1.25):
    """Make one row's worth."""
    raw = np.full(len(CHANNELS), value)
    raw[3] = np.nan
    return Expression(
        t_ns=t_ns,
        index=index,
        person=person,
        raw=raw,
        x=raw,
        pose_rad=(0.1, -0.2, 0.3),
        canthus_px=100.0,
        presence=0.5,
        box_px=(1.0, 2.0, 160.0, 200.0),
    )


def write(path, expressions):
    """Write a table."""
    with TableWriter(path) as table:
        for one in expressions:
            table.write(one)


def test_header_is_the_contract():
    """The columns and their order are those of the documented format."""
    assert ",".join(HEADER) == CONTRACT


def test_what_is_written_is_read(tmp_path):
    """Times, people, poses, boxes and channels survive a round trip; NaN is an empty field."""
    path = tmp_path / "a.csv"
    write(
        path, [expression(5_000_000_000), expression(5_033_333_333, index=1), expression(5_033_333_333, 2, 1)]
    )
    assert path.read_text().splitlines()[1].count(",,") == 1
    frames = list(read(path).expressions())
    assert [[one.person for one in frame] for frame in frames] == [[1], [1, 2]]
    last = frames[1][1]
    assert last.t_ns == pytest.approx(33_333_333, abs=1000)
    assert last.index == 1
    assert last.pose_rad == pytest.approx((0.1, -0.2, 0.3), abs=1e-4)
    assert last.box_px == (1.0, 2.0, 160.0, 200.0)
    assert last.presence == 0.5
    np.testing.assert_allclose(last.raw, expression(0).raw)


def test_expressions_are_the_table_they_are_written_to(tmp_path):
    """A table made in memory has the numbers of the file, from the time of the first frame on."""
    path = tmp_path / "a.csv"
    late = [expression(5_033_333_333, index=1, value=1 / 3), expression(5_066_666_666, index=2)]
    with TableWriter(path) as table:
        table.start(5_000_000_000)
        for one in late:
            table.write(one)
    written = read(path)
    made = from_expressions([(5_000_000_000, []), *((one.t_ns, [one]) for one in late)], path)
    assert made.t_s.tolist() == written.t_s.tolist() == [0.033333, 0.066667]
    np.testing.assert_array_equal(made.values, written.values)
    assert made.channels == written.channels == CHANNELS


@pytest.mark.parametrize("delimiter", [";", "\t", " "])
def test_delimiters(tmp_path, delimiter):
    """Semicolon, tab and space separate as the comma does, and NA is a missing value."""
    path = tmp_path / "a.csv"
    path.write_text("t_s,person,a\n0,1,NA\n0.5,1,2\n".replace(",", delimiter))
    table = read(path)
    assert table.t_s.tolist() == [0.0, 0.5]
    np.testing.assert_array_equal(table.of(1, "a"), [np.nan, 2.0])


def test_any_numeric_columns(tmp_path):
    """A table of other channels needs only t_s and person; unknown channels are kept by name."""
    path = tmp_path / "a.csv"
    path.write_text("\ufefft_s,person,motion,AU12\r\n0,1,2.5,\r\n0.04,1,,7\r\n")
    table = read(path)
    assert table.channels == ("motion", "AU12")
    np.testing.assert_array_equal(table.values, [[2.5, np.nan], [np.nan, 7]])
    assert [frame[0].raw[CHANNELS.index("AU12")] for frame in table.expressions()][1] == 7
    assert list(table.frame) == [0, 1]


NO_TIME = (
    "expected a time, got neither times nor frames at {}:1: give their rate with --rate-hz, or --time COLUMN"
)
NO_PERSON = (
    "expected a column person, or two columns that are people, got a, b, c at {}:1: "
    "name who each row is about in a column person, or choose with --columns A,B"
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a table with a header, got nothing at {}:1"),
        ("person,AU12\n1,1\n", NO_TIME),
        ("t_s,a,b,c\n0,1,2,3\n", NO_PERSON),
        ("t_s,person,AU12\n", "expected at least one row, got only a header at {}"),
        ("t_s,person\n", "expected at least one channel column, got none at {}:1"),
        ("t_s,person,AU12,AU12\n0,1,2,3\n", "expected distinct column names, got ['AU12'] at {}:1"),
        ("t_s,person,AU12\n0,1,2\n0.1,1\n0.2,1,3\n", "expected 3 fields, got 2 at {}:3"),
        ("t_s,person,AU12\n0,1,two\n", "expected a number, got 'two' in column AU12 at {}:2"),
        ("t_s,person,AU12\n0,1,inf\n", "expected a number, got 'inf' in column AU12 at {}:2"),
        ("t_s,person,AU12\n,1,2\n", "expected a number, got '' in column t_s at {}:2"),
        (
            "t_s,person,AU12\n0,1.5,2\n",
            "expected a whole number, got '1.5' as person at {}:2",
        ),
        ("t_s,person,AU12\n1,1,2\n0.5,1,2\n", "expected ascending times, got 0.5 after 1.0 at {}:3"),
        (
            "t_s,person,AU12\n0,1,2\n0,2,2\n0,1,3\n",
            "expected one row per time and person, got person 1 twice at {}:4",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path, text, message):
    """Each kind of mistake is one line that names the expectation, the value and the place."""
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(SignalsError) as caught:
        read(path)
    assert str(caught.value) == message.format(path)


def test_not_text(tmp_path):
    """A binary file and a missing one are one-line errors."""
    path = tmp_path / "bad.csv"
    path.write_bytes(b"t_s,person\n\x81\n")
    with pytest.raises(SignalsError, match="expected UTF-8 text"):
        read(path)
    with pytest.raises(SignalsError, match="expected a readable file"):
        read(tmp_path / "none.csv")


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;"])
def test_excels_line_about_the_separator(line, tmp_path):
    """The line in which Excel names the separator is no header."""
    path = tmp_path / "excel.csv"
    path.write_bytes(f"{line}\r\nt_s;person;smile\r\n0,0;1;0,5\r\n0,1;1;0,25\r\n".encode("utf-8-sig"))
    table = read(path)
    assert (table.people, table.channels) == ((1,), ("smile",))
    assert [one.x.tolist() for people in table.samples() for one in people] == [[0.5], [0.25]]


@pytest.mark.parametrize(
    ("body", "kind"), [(gzip.compress(b"t_s,a", mtime=0), "gzip"), (b"PK\x03\x04", "zip")]
)
def test_packed_tables(body, kind, tmp_path):
    """A packed table is named for what it is."""
    path = tmp_path / "packed.csv"
    path.write_bytes(body)
    with pytest.raises(SignalsError, match=rf"got {kind}.* at .*packed.csv: unpack it first"):
        read(path)


def test_a_table_may_begin_with_the_letters_of_an_archive(tmp_path):
    """PK is how a zip begins, and how the name of a column may."""
    path = tmp_path / "table.csv"
    path.write_text("PK_AU12,t_s,person\n.5,0,1\n.25,.1,1\n", encoding="utf-8")
    assert read(path).channels == ("PK_AU12",)


def test_nothing_is_half_written(tmp_path):
    """An interrupted table leaves neither the file nor a trace, and keeps the older one."""
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(KeyError), TableWriter(path) as table:  # noqa: PT012 - the writer is what is tested
        table.write(expression(0))
        raise KeyError
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]


def test_a_folder_that_is_not_there(tmp_path):
    """A file that cannot be written is a one-line error."""
    with pytest.raises(SignalsError, match="expected a writable file"):
        TableWriter(tmp_path / "none" / "a.csv")


def test_absent_context_is_unknown(tmp_path):
    """Without a box the pixel budget is NaN, with one it is the box over 1.6."""
    path = tmp_path / "a.csv"
    path.write_text("t_s,person,AU12\n0,1,2\n")
    assert math.isnan(next(read(path).expressions())[0].canthus_px)
    write(path, [expression(0)])
    assert next(read(path).expressions())[0].canthus_px == 100.0


@pytest.mark.parametrize(
    ("write", "value"),
    [
        *(("{:.1f}%", 0.01), ("{:.1f} %", 0.01), ("\u2212{:.1f}", -1), ("{:.1f}", 1), ("1{:.0f}.001", None)),
        *(("1,{:03.0f}", None), ("1'{:03.0f}", None), ("1\u202f{:03.0f}", None), ("1,{:03.0f}.5", None)),
    ],
)
def test_percent_minus_and_thousands(tmp_path, write, value):
    """Percent and the minus of print are read as meant; separators of thousands are refused by name."""
    path = tmp_path / "table.csv"
    cells = ["987" if value is None and k % 5 == 0 else write.format(k % 7) for k in range(60)]
    path.write_text("t_ms;person;motion\n" + "".join(f"{k * 50};{k % 2};{c}\n" for k, c in enumerate(cells)))
    if value is None:
        with pytest.raises(SignalsError, match="expected a number without separators of thousands"):
            read(path)
    else:
        np.testing.assert_allclose(read(path).values[:, 0], [k % 7 * value for k in range(60)])
