"""Tables of other programs: recognised, read to their right numbers, or refused with the way out."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest

import edge
from edge.cli import main
from edge.tables import two
from tests.signals.tables_fuzz import rounds

TABLES = Path(__file__).parents[2] / "../shared/data/tables"
needs_tables = pytest.mark.skipif(not TABLES.is_dir(), reason="the shared tables of other programs")
LONG = [
    *("long", "semicolon_comma", "bom_crlf", "person_names", "milliseconds", "duplicated_row", "blocks"),
    *("r_write_csv", "missing_words"),
]
READ = {
    "openface_a.csv openface_b.csv": (340, (170, 170), 17, 16.9),
    "openface_aus_a.csv openface_aus_b.csv": (600, (300, 300), 17, 29.9),
    "openface_multi.csv": (294, (150, 144), 17, 14.9),
    "openface_all_columns.csv": (4, (4,), 17, 0.3),
    "openface_excel_german.csv": (80, (80,), 17, 7.9),
    "pyfeat_fex.csv --rate-hz 30": (260, (130, 130), 20, 25.8),
    "mediapipe_blendshapes.csv": (280, (140, 140), 51, 13.9),
    "arkit_a.csv arkit_b.csv": (296, (150, 146), 52, 14.9),
    "libreface_a.csv libreface_b.csv": (400, (200, 200), 12, 19.9),
    "libreface_ms_a.csv": (60, (60,), 12, 5.9),
    "rmea_header.txt --rate-hz 25": (3000, (1500, 1500), 1, 59.96),
    "rmea_no_header.txt --rate-hz 25": (3000, (1500, 1500), 1, 59.96),
    "r_write_table.txt --rate-hz 10": (1200, (600, 600), 1, 59.9),
    "frame_column.csv --rate-hz 10": (1200, (600, 600), 1, 59.9),
    "constant_column.csv --rate-hz 10": (600, (300, 300), 1, 29.9),
    "short_last_line.csv": (599, (300, 299), 2, 29.9),
    "text_columns.csv": (300, (150, 150), 2, 14.9),
    "utf16.csv": (300, (150, 150), 2, 14.9),
    "tab.tsv": (600, (300, 300), 2, 29.9),
    "dyad_a_25hz.csv dyad_b_30hz.csv": (2050, (1000, 1050), 1, 39.96),
    "leaves_early.csv": (960, (600, 360), 1, 59.9),
    "renumbered.csv": (1195, (600, 300, 295), 1, 59.9),
    "half_followed_20min.csv": (12000, (6000, 6000), 1, 1199.8),
}
"""Rows, rows of each person, channels, seconds."""
WITHOUT_LAG = {
    "openface_all_columns.csv",
    "openface_excel_german.csv",
    "libreface_ms_a.csv",
    "constant_column.csv",
}


def read(asked):
    """Read tables as a command would: names, then a rate."""
    names, _, rate = asked.partition(" --rate-hz ")
    paths = [TABLES / name for name in names.split()]
    return edge.read(*paths, rate_hz=float(rate) if rate else None)


@needs_tables
@pytest.mark.parametrize("asked", READ)
def test_a_table_is_read_as_what_it_is(asked):
    """Each program's table has its rows, people, channels and length."""
    table = read(asked)
    rows, counts, channels, long_s = READ[asked]
    assert len(table.t_s) == rows
    assert tuple(int((table.person == one).sum()) for one in table.people) == counts
    assert len(table.channels) == channels
    assert table.t_s[-1] - table.t_s[0] == pytest.approx(long_s, abs=2e-3)


@needs_tables
@pytest.mark.parametrize("name", LONG)
def test_one_table_in_ten_guises(name):
    """Separators, decimal commas, marks, names, units, doubled rows and blocks change no number."""
    expected, found = edge.read(TABLES / "long.csv"), edge.read(TABLES / f"{name}.csv")
    assert found.channels == ("AU12", "AU04")
    for one, other in zip(expected.people, found.people, strict=True):
        np.testing.assert_allclose(expected.t_s[expected.person == one], found.t_s[found.person == other])
        np.testing.assert_array_equal(expected.of(one, "AU04"), found.of(other, "AU04"))
        missing = np.isnan(found.of(other, "AU12"))
        np.testing.assert_array_equal(expected.of(one, "AU12")[~missing], found.of(other, "AU12")[~missing])
        assert missing.sum() == (24 if name == "missing_words" else 0)


@needs_tables
@pytest.mark.parametrize("asked", [one for one in READ if one.split()[0] not in WITHOUT_LAG])
def test_the_second_follows_by_seven_tenths(asked, capsys):
    """`correlate` finds the lag of .7 s within a sample, whatever program wrote the table."""
    people = ["--people", "0,7"] if "renumbered" in asked else []
    words = [str(TABLES / word) if "." in word else word for word in asked.split()]
    lengths = ["--window-s", "10", "--max-lag-s", "2", "--hop-s", "2"]
    assert main(["correlate", *words, *people, *lengths]) == 0
    header, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    lags = np.array([float(name.removeprefix("lag_")) for name in header[3:]])
    r = np.nanmean([[float(cell or "nan") for cell in row[3:]] for row in rows[: len(rows) // 2 + 1]], axis=0)
    assert lags[r.argmax()] == pytest.approx(0.7, abs=lags[1] - lags[0] + 1e-9)


@needs_tables
def test_a_row_without_a_face_is_missing_never_zero():
    """Rows that OpenFace wrote without success hold nothing, and that is noted."""
    table = edge.read(TABLES / "openface_a.csv")
    missing = np.isnan(table.of(0, "AU12"))
    assert set(table.frame[missing].tolist()) == {*range(61, 69), *range(121, 125)}
    assert "12 of 170 rows without a face taken as missing" in table.notes


@needs_tables
def test_a_constant_column_has_no_correlation(capsys):
    """Where one of two never moves, every cell is empty."""
    lengths = ["--window-s", "10", "--max-lag-s", "2", "--hop-s", "2"]
    assert main(["correlate", str(TABLES / "constant_column.csv"), "--rate-hz", "10", *lengths]) == 0
    for line in capsys.readouterr().out.splitlines()[1:]:
        assert not any(line.split(",")[3:])


@needs_tables
def test_milliseconds_called_seconds_are_asked_about():
    """100 s between two samples is no table of faces: the error names the option that reads it right."""
    path = TABLES / "milliseconds_called_t_s.csv"
    with pytest.raises(edge.EdgeError, match=r"100 s in column t_s .* is it in ms[?] --time-unit ms"):
        edge.read(path)
    assert repr(edge.read(path, time_unit="ms")) == repr(edge.read(TABLES / "long.csv"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0.1,0.2\n" * 20, "expected a time, got neither times nor frames"),
        ("zeitpunkt,A\n" + "".join(f"{k / 10},{k % 3}\n" for k in range(20)), "or --time COLUMN"),
        ("AU12,AU04\n1,2\n", "expected a time, got neither times nor frames"),
        ('{"type":"measure"}\n', "got JSON"),
        ("t_s,person,motion\n0,Eva,1\n" + "".join(f"{k / 10},Ben,{k % 3}\n" for k in range(20)), "got 'Eva'"),
        ("t_s,person,motion\n0,1,1\n0.1,Ben,2\n0.2,1,2\n", "expected a whole number, got 'Ben' as person"),
        ("t_s,person,motion\n0,1,1,5\n0.1,1,2,3\n", "expected 3 fields, got 4"),
        (",person,motion\n0.0,1,1\n0.1,1,2\n", "expected a time, got neither"),
    ],
)
def test_what_cannot_be_told_is_asked(tmp_path, text, message):
    """A table that leaves a choice is refused in one line with the way out."""
    path = tmp_path / "table.csv"
    path.write_text(text)
    with pytest.raises(edge.EdgeError) as caught:
        edge.read(path)
    assert message in str(caught.value)
    assert len(str(caught.value)) - len(str(path)) < 250


def test_times_and_row_numbers_are_never_signals(tmp_path):
    """Whatever they are called, columns that count or rise beside a time are left out and named."""
    path = tmp_path / "table.csv"
    rows = "".join(f"{k + 1},{k / 10},{500 + k * 7},{k % 3},{k % 5}\n" for k in range(40))
    path.write_text("X,t_s,clock2,left,right\n" + rows)
    table = edge.read(path, columns=["left", "right"])
    assert table.channels == ("left", "right")
    with pytest.raises(edge.EdgeError, match="expected columns of signals, got 't_s'"):
        edge.read(path, columns=["t_s", "left"])
    path.write_text(
        "X,t_s,person,clock2,motion\n" + "".join(f"{k},{k / 10},1,{k * 7},{k % 5}\n" for k in range(40))
    )
    table = edge.read(path)
    assert table.channels == ("motion",)
    assert {"column X only rises: no signal", "column clock2 only rises: no signal"} <= set(table.notes)


def test_a_column_that_only_rises_may_be_the_time(tmp_path):
    """Where a rate stands in for a time, a column that only rises is asked about."""
    path = tmp_path / "table.csv"
    path.write_text("zeitpunkt,A\n" + "".join(f"{k / 10},{k % 3}\n" for k in range(20)))
    with pytest.raises(edge.EdgeError, match="if it is the time, --time zeitpunkt"):
        edge.read(path, rate_hz=10)
    assert edge.read(path, time="zeitpunkt").channels == ("A",)


def test_row_names_without_quotes(tmp_path):
    """R's `write.table(quote = FALSE)`: row numbers are no signal; what may be a lost name is asked."""
    path = tmp_path / "table.txt"
    rows = "".join(f"{k + 1} {k % 3} {k % 5}\n" for k in range(30))
    path.write_text("A B\n" + rows)
    table = edge.read(path, rate_hz=10)
    assert table.names == {1: "A", 2: "B"}
    np.testing.assert_array_equal(table.of(1, "signal"), np.arange(30) % 3)
    listed = rows.replace(" ", ",")
    short = [(f"{name},B\n", listed) for name in ("", "X", "Unnamed: 0", "...1")]
    for header, body in (*short, ("frame B\n", rows), ("A B\n", rows.replace("\n7 ", "\n8 "))):
        path.write_text(header + body)
        with pytest.raises(edge.EdgeError, match="expected 2 fields, got 3"):
            edge.read(path, rate_hz=10)


def test_people_of_a_wide_table(tmp_path):
    """Columns named after person and unit are people with channels; other rates meet on the slower's grid."""
    path = tmp_path / "wide.csv"
    rows = "".join(f"{k / 10},{k % 3},{k % 5},{k % 7},{k % 4}\n" for k in range(30))
    path.write_text("time,A_AU12,A_AU04,B_AU12,B_AU04\n" + rows)
    table = edge.read(path)
    assert (table.names, table.channels) == ({1: "A", 2: "B"}, ("AU12", "AU04"))
    np.testing.assert_array_equal(table.of(2, "AU12"), np.arange(30) % 7)
    x, y, rate_hz, told = two(table, channel="AU04", rate_hz=5)
    assert (rate_hz, told) == (5, "AU04 of A and AU04 of B")
    np.testing.assert_array_equal(x, np.arange(0, 30, 2) % 5)
    np.testing.assert_array_equal(y, np.arange(0, 30, 2) % 4)


def test_files_of_different_meetings_are_refused(tmp_path):
    """Two files without a moment in common are no meeting."""
    for name, start in (("a.csv", 0), ("b.csv", 1000)):
        (tmp_path / name).write_text("t_s,AU12\n" + "".join(f"{start + k / 10},{k % 3}\n" for k in range(30)))
    with pytest.raises(
        edge.EdgeError, match=r"a\.csv 0 to 2\.9 s, b\.csv 1000 to 1002\.9 s: no time in common"
    ):
        edge.read(tmp_path / "a.csv", tmp_path / "b.csv")


PLAIN = "t_s,person,motion\n" + "".join(f"{k / 10},{k % 2},{k % 7 / 4}\n" for k in range(60))


@pytest.mark.parametrize(
    ("change", "encoding", "note"),
    [
        (lambda text: text.replace(",", "|"), "utf-8", "table (bar)"),
        (lambda text: text.replace("\n", ",\n"), "utf-8", "table"),
        (
            lambda text: text.replace(",0,", ",Zoë,").replace(",1,", ",Eva,"),
            "latin-1",
            "table (Windows-1252)",
        ),
    ],
)
def test_tables_as_spreadsheets_write_them(tmp_path, change, encoding, note):
    """Bars between cells, separators at the end of lines and umlauts of old Windows change no number."""
    path = tmp_path / "table.csv"
    path.write_text(PLAIN)
    plain = edge.read(path)
    path.write_text(change(PLAIN), encoding=encoding)
    table = edge.read(path)
    np.testing.assert_array_equal(table.values, plain.values)
    assert table.notes == (note,)
    assert set(table.names.values()) <= {"Zoë", "Eva"}


@pytest.mark.parametrize(
    ("cell", "times", "missing"),
    [
        *(("-999", 1, 1), ("-99", 7, 7), ("9999", 2, 2), ("9999", 1, 0), ("-8888", 2, 2)),
        *(("-32768", 2, 2), ("-1", 3, 3), ("-9", 1, 0), ("-0.5", 3, 0)),
    ],
)
def test_numbers_that_mean_missing(tmp_path, cell, times, missing):
    """Codes far from everything else in their column are missing, and said; other numbers are numbers."""
    path = tmp_path / "table.csv"
    path.write_text(PLAIN.replace(",1.5\n", f",{cell}\n", times))
    table = edge.read(path)
    assert np.isnan(table.values).sum() == missing
    assert any("taken as missing" in note for note in table.notes) == bool(missing)


def test_a_large_number_among_large_ones_is_no_code(tmp_path):
    """Motion energies of hundreds may be 999, and scores around zero -99."""
    path = tmp_path / "table.csv"
    rows = "".join(f"{k / 10},{k % 2},{k * 37 % 1000},{k * 37 % 200 - 100}\n" for k in range(2000))
    path.write_text("t_s,person,motion,score\n" + rows)
    assert not np.isnan(edge.read(path).values).any()


def test_minutes_are_read_as_minutes(tmp_path):
    """A time whose name says minutes or hours is in them, also where its steps could be seconds."""
    path = tmp_path / "table.csv"
    for name, factor in (("t_min", 60), ("hours", 3600)):
        rows = "".join(f"{k / 25 / factor:.9f},1,{k % 7}\n" for k in range(100))
        path.write_text(f"{name},person,motion\n{rows}")
        assert edge.read(path).t_s[-1] == pytest.approx(3.96, abs=1e-4)


def test_nobody_is_a_second_person_too(tmp_path):
    """One file given twice, by a link too, is refused: it would follow itself perfectly."""
    path, link = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text(PLAIN)
    link.symlink_to(path)
    for other in (path, link):
        with pytest.raises(edge.EdgeError, match="expected different files, got one twice"):
            edge.read(path, other)


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"rate_hz": "10"}, "expected a finite rate > 0, got '10'"),
        ({"columns": "AU12"}, "expected a list of names"),
    ],
)
def test_wishes_of_another_type_are_refused(tmp_path, wish, message):
    """A rate that is text and one name in place of a list are named, whatever the table is."""
    (tmp_path / "table.csv").write_text(PLAIN)
    with pytest.raises(edge.EdgeError, match=message):
        edge.read(tmp_path / "table.csv", **wish)


def test_a_file_of_one_endless_line_is_refused():
    """What never ends a line is refused after the first million characters."""
    with pytest.raises(edge.EdgeError, match="expected lines of a text table"):
        edge.read("/dev/zero")


def test_mutated_tables_are_right_or_refused(tmp_path):
    """Of five hundred mutated tables each is read to the numbers written, or refused in one line."""
    came = list(rounds(500, 11, tmp_path))
    assert [one for one in came if one[2] not in {"right", "refused"}] == []
    assert sum(one[2] == "right" for one in came) > 200
