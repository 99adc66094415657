"""Every command on bad input: one clear line, the right status, nothing half written."""

import json
import re
import resource
from contextlib import contextmanager
from hashlib import sha256

import pytest

from edge.cli import main

WINDOWS = ("--rate-hz", "10", "--window-s", "10", "--max-lag-s", "2", "--hop-s", "5")
NOT_FILMS = {"missing": None, "empty": b"", "text": b"hello\n" * 100, "noise": bytes(range(7, 255)) * 40}


@pytest.fixture(params=NOT_FILMS)
def no_film(request, tmp_path):
    """Return a path that holds no film."""
    path = tmp_path / "in" / "film.mp4"
    path.parent.mkdir()
    if NOT_FILMS[request.param] is not None:
        path.write_bytes(NOT_FILMS[request.param])
    return path


def test_no_film(no_film, tmp_path, refused):
    """`signals` and `replay` name the file that is no recording, and write nothing."""
    for words in (("signals", no_film, "--out", tmp_path / "s.csv"), ("replay", no_film)):
        status, line = refused(*words)
        assert status == 1
        assert str(no_film) in line
    assert [entry.name for entry in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("odd.mkv", {"width": 63, "height": 47, "pixels": "yuv444p"}),
        ("one.mkv", {"width": 1, "height": 1, "pixels": "bgr0"}),
        ("grey.mkv", {"pixels": "gray"}),
        ("ten.mkv", {"pixels": "yuv420p10le"}),
        ("still.mkv", {"frames": 1}),
    ],
)
def test_films_of_odd_kinds(name, form, film, tmp_path, capsys):
    """Odd sizes, one pixel, grey, ten bits and a single picture are recordings like others; speed is told."""
    path, table = film(name, **form), tmp_path / "s.csv"
    assert main(["signals", str(path), "--out", str(table)]) == 0
    n, said = form.get("frames", 6), capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(f"{n} frames, 0 rows in {table}; {(n - 1) / 30:.1f} s of film in ")
    took_s, times = (float(re.search(rf"([\d.]+){words}", said)[1]) for words in (" s,", " x real time"))
    assert (n - 1) / 30 / (took_s + 0.06) <= 1.01 * times
    assert times * (took_s - 0.06) <= 1.01 * (n - 1) / 30
    assert table.read_text().startswith("t_s,frame,person,")
    origin = json.loads((tmp_path / "s.csv.origin.json").read_text())
    assert origin["inputs"] == [{"name": name, "sha256": sha256(path.read_bytes()).hexdigest()}]
    assert (len(origin["models_sha256"]), origin["over_s"][0]) == (64, 0)


def test_a_film_cut_short(film, tmp_path, capsys):
    """Half a file gives the pictures that are in it."""
    whole, path = film("whole.mkv", frames=40).read_bytes(), tmp_path / "half.mkv"
    path.write_bytes(whole[: len(whole) // 2])
    assert main(["signals", str(path), "--out", str(tmp_path / "s.csv")]) == 0
    assert 5 < int(capsys.readouterr().err.split(" frames")[0].split()[-1]) < 40


def test_no_models(film, tmp_path, refused, monkeypatch):
    """An empty models folder is told with the command that fills it."""
    monkeypatch.setenv("MIMICRY_MODELS", str(tmp_path / "models"))
    path, script = film("plain.mkv"), tmp_path / "scene.yaml"
    script.write_text("seconds: 1\npeople: [{portrait: astronaut}]\n")
    for words in (
        ("signals", path, "--out", tmp_path / "s.csv"),
        ("replay", path),
        ("models", "verify"),
        ("stage", "--script", script),
    ):
        status, line = refused(*words)
        assert status == 1
        assert "mimicry-edge models fetch" in line
    assert [entry.name for entry in tmp_path.iterdir()] == ["scene.yaml"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("nan,1,0", "expected a number, got 'nan' in column t_s"),
        ("0.1,1,0", "expected ascending times, got 0.1 after 39.9"),
        ("1e300,1,0", "expected a number of at most 1e+30, got '1e300' in column t_s"),
        ("99,1e300,0", "expected a whole number, got '1e300' as person"),
        ("9999,1,0", "expected gaps of at most 3600 s, got 9959.1 s after 39.9"),
        ("99,1,1e308", "expected a number of at most 1e+30, got '1e308' in column motion"),
        ("99,1,inf", "expected a number, got 'inf' in column motion"),
        ("99,1,0,0", "expected 3 fields, got 4"),
    ],
)
def test_a_bad_row(row, message, pair, tmp_path, refused):
    """`replay` and `measure` name the line of a row that cannot be."""
    path = tmp_path / "bad.csv"
    path.write_text(pair.read_text() + row + "\n")
    for name in ("replay", "measure"):
        status, line = refused(name, path)
        assert status == 1
        assert line == f"error: {message} at {path}:802"


def test_a_table_without_channels(tmp_path, refused):
    """A table of times and people only says what is missing."""
    path = tmp_path / "bare.csv"
    path.write_text("t_s,person\n0,1\n0.1,1\n")
    for name in ("replay", "measure"):
        assert refused(name, path) == (
            1,
            f"error: expected at least one channel column, got none at {path}:1",
        )


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--rate-hz", "nan", "expected a finite rate > 0, got nan at rate_hz"),
        ("--rate-hz", "-1", "expected a finite rate > 0, got -1.0 at rate_hz"),
        ("--window-s", "0", "expected at least 2 samples"),
        ("--hop-s", "1e300", "expected at most 2147483648 samples"),
        ("--max-lag-s", "-1", "expected at least 0 samples"),
        ("--columns", "motion", "expected two column names A,B"),
        ("--columns", "motion,nothing", "expected a column of t_s, person, motion"),
    ],
)
def test_impossible_windows(option, value, message, pair, refused):
    """`correlate` refuses lengths and columns that cannot be."""
    status, line = refused("correlate", pair, *WINDOWS, option, value)
    assert status == 1
    assert line.startswith(f"error: {message}")


def test_correlate_refuses_infinity(tmp_path, refused):
    """An infinite cell is named with its line."""
    path = tmp_path / "far.csv"
    path.write_text("a,b\n1,2\n5,6\n3,inf\n")
    assert refused("correlate", path, *WINDOWS) == (
        1,
        f"error: expected a number, got 'inf' in column b at {path}:4",
    )


def test_correlate_refuses_twins(tmp_path, refused):
    """Two columns of one name are not told apart by guessing."""
    path = tmp_path / "twins.csv"
    path.write_text("a,a\n1,2\n3,4\n")
    assert refused("correlate", path, *WINDOWS) == (
        1,
        f"error: expected distinct column names, got ['a'] at {path}:1",
    )


@pytest.mark.parametrize("place", ["none/out", "folder"])
def test_unwritable_outputs(place, pair, film, tmp_path, refused):
    """Every `--out` that cannot be written is one line, and leaves nothing beside it."""
    out, script = tmp_path / place, tmp_path / "scene.yaml"
    recording = tmp_path / "meeting.jsonl"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").touch()
    script.write_text("seconds: 0.1\nsize_px: [64, 64]\npeople: [{portrait: hopper}]\n")
    recording.write_text('{"type":"event","t_s":1,"person":1,"onset_s":1}\n')
    before = sorted(tmp_path.iterdir())
    for words in (
        ("signals", film("plain.mkv"), "--out", out),
        ("measure", pair, "--out", out),
        ("correlate", pair, *WINDOWS, "--out", out),
        ("stage", "--script", script, "--truth", out),
        ("report", recording, "--out", out),
    ):
        status, line = refused(*words)
        assert status == 1
        assert line.endswith(f"at {out}")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"measure","t_s":1,"name":"x","value":"abc"}',
        '{"type":"measure","t_s":1,"name":"x","value":1,"null":{"mu":"a"}}',
        '{"type":"measure","t_s":1,"name":"x","value":1,"extra":5}',
        '{"type":"measure","t_s":1,"name":"x","value":1,"state":[]}',
        '{"type":"frame","t_s":1,"person":1,"signals":{"AU12":"x"}}',
        '{"type":"event","t_s":NaN,"person":1,"onset_s":1}',
        '{"type":"event","t_s":1e400,"person":1,"onset_s":1}',
        '{"type":"coupling","t_s":1,"pair":5}',
        '{"type":"measure","t_s":1,"name":"x","subject":[1,2],"value":1e308,"null":{"mu":-1e308,"sd":1}}',
        '{"type":"measure","t_s":1,"name":"x","subject":"ab","value":1}',
        '{"type":"health","t_s":1,"origin":{"inputs":5}}',
        "[" * 100_000,
        "1" * 5000,
    ],
)
def test_report_refuses_a_line_it_cannot_draw(line, tmp_path, refused):
    """A line of a wrong shape is named, whatever is wrong in it."""
    recording, page = tmp_path / "meeting.jsonl", tmp_path / "meeting.html"
    recording.write_text(line + "\n")
    status, said = refused("report", recording, "--out", page)
    assert status == 1
    assert f"at {recording}:1" in said
    assert not page.exists()


@pytest.mark.parametrize(
    "url", ["mqtt://", "http://x", "mqtt://127.0.0.1:99999", "mqtt://h:port", "mqtt://[::1"]
)
def test_watch_refuses_an_address(url, refused):
    """An address that is none is named."""
    assert refused("watch", "--broker", url)[0] == 1


@contextmanager
def small_files():
    """Let the kernel refuse files of more than 100 bytes within the block: a log may be such a file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk(film, tmp_path, refused):
    """Data that does not fit is reported, the older table stays and nothing is left beside it."""
    table = tmp_path / "s.csv"
    table.write_text("old")
    recording = film("plain.mkv")
    with small_files():
        status, line = refused("signals", recording, "--out", table)
    assert (status, line) == (1, f"error: expected a writable file, got File too large at {table}")
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("s.csv", "old")]


@pytest.mark.parametrize("command", ["run", "check", "config", "replay"])
def test_a_configuration_with_typos(command, pair, tmp_path, capsys):
    """Every command that takes a configuration tells all its errors at once and exits 78."""
    path = tmp_path / "typo.yaml"
    path.write_text("camera: {soruce: video}\npublish: {port: 99999999}\n")
    words = {"config": ["validate", str(path)], "replay": [str(pair), "--config", str(path)]}
    assert main([command, *words.get(command, ["--config", str(path)])]) == 78
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "did you mean 'source'" in captured.err
    assert f"{path}:2: publish.port: expected an integer 1..65535, got 99999999" in captured.err
