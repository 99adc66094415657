"""No command writes over its input, or works first and finds then that its result has no place."""

import io
import os
import shlex
import subprocess
import sys

import pytest

from edge.cli import main
from edge.cli._origin import origin
from edge.config import Config

WINDOWS = ("--rate-hz", "10", "--window-s", "10", "--max-lag-s", "2", "--hop-s", "5")
LINE = '{"type":"event","t_s":1,"person":1,"onset_s":1}\n'


@pytest.fixture
def inputs(pair, film, tmp_path):
    """Return copies of a table, a film, a script and a recording of our own."""
    folder = tmp_path / "in"
    folder.mkdir()
    made = {"table": folder / "t.csv", "film": folder / "f.mkv", "script": folder / "s.yaml"}
    made["table"].write_bytes(pair.read_bytes())
    made["film"].write_bytes(film("plain.mkv").read_bytes())
    made["script"].write_text("seconds: 0.1\nsize_px: [64, 64]\npeople: [{portrait: hopper}]\n")
    made["recording"] = folder / "r.jsonl"
    made["recording"].write_text(LINE)
    return made


def words(inputs, out):
    """Return every command that writes a file, by the input it must not touch."""
    return [
        ("film", ("signals", inputs["film"], "--out", out)),
        (
            "film",
            ("signals", inputs["film"], "--out", inputs["film"].with_suffix(".csv"), "--landmarks", out),
        ),
        ("table", ("measure", inputs["table"], "--out", out)),
        ("table", ("correlate", inputs["table"], *WINDOWS, "--out", out)),
        ("recording", ("report", inputs["recording"], "--out", out)),
        ("script", ("stage", "--script", inputs["script"], "--truth", out)),
    ]


@pytest.mark.parametrize("way", ["itself", "symbolic", "hard", "detour"])
def test_an_input_is_never_written_over(way, inputs, tmp_path, refused):
    """By its name, a link of either kind or a detour: the input stays, and one line says why."""
    before = {name: path.read_bytes() for name, path in inputs.items()}
    for name in before:
        out = tmp_path / f"{name}-{way}"
        path = inputs[name]
        if way == "symbolic":
            out.symlink_to(path)
        elif way == "hard":
            out.hardlink_to(path)
        else:
            out = path if way == "itself" else path.parent / ".." / "in" / path.name
        for _, command in (one for one in words(inputs, out) if one[0] == name):
            status, line = refused(*command)
            assert status == 1
            assert line.startswith("error: expected an output of its own, got ")
    assert {name: path.read_bytes() for name, path in inputs.items()} == before


def test_a_place_that_cannot_be_written_is_refused_before_the_work(inputs, tmp_path, capsys):
    """Nothing is read when the result would have no place."""
    for _, command in words(inputs, tmp_path / "none" / "out.csv"):
        assert main([str(word) for word in command]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("error: expected a writable file, got No such file or directory")


def test_names_that_are_too_long_are_refused(inputs, capsys):
    """A name that no folder takes is one line, for whatever is read or written."""
    name = "y" * 300
    for _, command in words(inputs, name + ".csv"):
        assert main(list(map(str, command))) != 0, command
    for command in ("batch", "study", "report"):
        assert main([command, name, "--out", "x.html" if command == "report" else "x.csv"]) == 1
    assert all(line.startswith("error: ") for line in capsys.readouterr().err.splitlines() if name in line)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody who may look nowhere")
def test_places_that_are_closed_to_us(inputs, refused):
    """Whoever may not look into a folder gets one line about what lies there, from every command."""
    for _, command in words(inputs, inputs["table"].with_name("out.csv")):
        os.seteuid(65534)
        try:
            status, line = refused(*command)
        finally:
            os.seteuid(0)
        assert (status, "Permission denied" in line) == (1, True), command


def test_two_outputs_of_one_name(inputs, tmp_path, refused):
    """A table and its landmarks do not fit into one file."""
    out = tmp_path / "out"
    assert refused("signals", inputs["film"], "--out", out, "--landmarks", out)[0] == 1
    assert not out.exists()


class Bytes(io.TextIOWrapper):
    """Standard input that holds something."""


def test_pipes(inputs, monkeypatch, capsys):
    """A hyphen is standard input where a file is read, and standard output where one is written."""
    assert main(["correlate", str(inputs["table"]), *WINDOWS]) == 0
    expected = capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", Bytes(io.BytesIO(inputs["table"].read_bytes()), "utf-8"))
    assert main(["correlate", "-", *WINDOWS, "--out", "-"]) == 0
    assert capsys.readouterr().out == expected
    monkeypatch.setattr(sys, "stdin", Bytes(io.BytesIO(LINE.encode()), "utf-8"))
    assert main(["report", "-", "--out", "-"]) == 0
    assert capsys.readouterr().out.startswith("<!")


def test_what_a_killed_process_left_is_removed(inputs, tmp_path):
    """What killed ones of this machine began goes; what runs, or another machine began, stays."""
    script = "import os, sys; print(os.getpid())"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    dead, node = done.stdout.strip(), os.uname().nodename
    kept = [
        f".out.{node}.{os.getppid()}.part.csv",
        f".other.{node}.{dead}.part.csv",
        f".out.far.{dead}.part.csv",
    ]
    for name in (f".out.{node}.{dead}.part.csv", *kept):
        (tmp_path / name).touch()
    assert main(["correlate", str(inputs["table"]), *WINDOWS, "--out", str(tmp_path / "out.csv")]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*kept, "in", "out.csv", "out.csv.origin.json"]
    )


def test_the_command_of_an_origin_can_be_run_again():
    """Names with blanks and quotes are quoted as a shell needs it."""
    words = ["measure", "first meeting.csv", "--names", "0=Eva's"]
    assert shlex.split(origin(words, [], Config(), films=False)["command"]) == words
