"""Which column of a table is which: nothing becomes a person, or a face, by a guess."""

import re

import numpy as np
import pytest

import edge


def read(tmp_path, header, row, **wishes):
    """Read a table of 60 rows; `row` makes one of its number."""
    path = tmp_path / "table.csv"
    path.write_text("\n".join([header, *(row(k) for k in range(60))]) + "\n")
    return edge.read(path, **wishes)


def pair(k):
    """Return time and two values of a row."""
    return f"{k / 25:.2f},{k % 7},{k % 5}"


@pytest.mark.parametrize(
    "names", ["mouthSmileLeft,mouthSmileRight", "jawOpen,mouthClose", "AU12,jawOpen", "au12,au06"]
)
def test_two_channels_are_one_person(tmp_path, names):
    """Two columns that are channels by their names are one person's; they would be a pair in step."""
    table = read(tmp_path, f"t_s,{names}", pair)
    assert (len(table.people), list(table.channels)) == (1, names.split(","))
    np.testing.assert_array_equal(table.of(0, table.channels[1]), [k % 5 for k in range(60)])


@pytest.mark.parametrize("names", ["AU12 [cm],AU06 [cm]", "AU12_left,AU06_left", "x_au12,x_au06"])
def test_two_channels_of_one_unknown_name_are_asked_about(tmp_path, names):
    """Columns that tell of action units are no people, also where their names are of no known form."""
    with pytest.raises(edge.EdgeError, match="expected a column person, or two columns that are people"):
        read(tmp_path, f"t_s,{names}", pair)
    chosen = read(tmp_path, f"t_s,{names}", pair, columns=names.split(","))
    assert (len(chosen.people), list(chosen.channels)) == (1, names.split(","))


@pytest.mark.parametrize("names", ["ann_au12,bob_au12", "au12.ann,au12.bob", "ann AU12,bob au12"])
def test_people_before_or_after_small_letters(tmp_path, names):
    """People who have columns of their own are found whatever the letters of the action unit are."""
    table = read(tmp_path, f"t_s,{names}", pair)
    assert (list(table.names.values()), table.channels) == (["ann", "bob"], ("AU12",))
    np.testing.assert_array_equal(table.of(2, "AU12"), [k % 5 for k in range(60)])


@pytest.mark.parametrize(
    ("low", "high", "missing", "note"),
    [
        ("20", "95", 30, True),
        ("0.2", "1.00001", 30, False),
        ("60", "100", 0, True),
        ("20%", "95%", 30, False),
    ],
)
def test_confidence_in_percent(tmp_path, low, high, missing, note):
    """A confidence of 20 beside 95 is 20 %, and its row is no face; 1.00001 is one."""
    table = read(
        tmp_path, "t_s,person,confidence,motion", lambda k: f"{k / 25},1,{high if k % 2 else low},{k % 7}"
    )
    assert int(np.isnan(table.values).sum()) == missing
    assert ("the confidence is in percent" in table.notes) == note


def test_one_confidence_of_98_makes_no_percent(tmp_path):
    """One confidence of 98 among those of .95 leaves all faces as they are: a glitch is no unit."""
    table = read(
        tmp_path, "t_s,person,confidence,motion", lambda k: f"{k / 25},1,{98 if k == 9 else 0.95},{k % 7}"
    )
    assert np.isfinite(table.values).all()


@pytest.mark.parametrize("other", ["ann lee", "Ann  Lee", "ANN LEE"])
def test_one_name_in_two_spellings_is_refused(tmp_path, other):
    """Capital letters and blanks make no second person: she would be a partner of herself."""
    with pytest.raises(
        edge.EdgeError, match=rf"expected one spelling of a name, got '{other}' after 'Ann Lee' at .*:3$"
    ):
        read(tmp_path, "t_s,person,motion", lambda k: f"{k / 25},{other if k % 2 else 'Ann Lee'},{k % 7}")
    table = read(
        tmp_path, "t_s,person,motion", lambda k: f"{k // 2 / 25},{'Ann Li' if k % 2 else 'Ann Lee'},{k % 7}"
    )
    assert sorted(table.names.values()) == ["Ann Lee", "Ann Li"]


def test_a_name_over_two_lines(tmp_path):
    """A header cell that a spreadsheet broke into lines is one name of one line."""
    path = tmp_path / "table.csv"
    path.write_text(
        't_s,person,"motion\r\n  (a.u.)"\r\n' + "".join(f"{k / 25},1,{k % 7}\r\n" for k in range(60))
    )
    assert edge.read(path).channels == ("motion (a.u.)",)


@pytest.mark.parametrize("cell", ["{} cm", "${}", "{}D+00", "'{}'"])
def test_a_column_of_text_is_shown(tmp_path, cell):
    """Where the only column that could be a signal holds text, the error shows which column and what."""
    shown = re.escape(repr(cell.format(1)))
    with pytest.raises(
        edge.EdgeError, match=f"expected at least one channel column, got {shown} in column mo"
    ):
        read(tmp_path, "t_s,person,motion", lambda k: f"{k / 25},1,{cell.format(k % 7 + 1)}")
