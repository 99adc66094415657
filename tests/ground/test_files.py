"""Files appear whole or not at all, whatever ends the writing."""

import os
import resource

import pytest

from edge.files import Draft, write_whole


def listed(folder):
    """Names and contents of a folder."""
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_appears_at_the_end(tmp_path, durable):
    """While a block writes, the name holds the old text; afterwards the new one; nothing else is there."""
    path = tmp_path / "table.csv"
    path.write_text("old")
    with Draft(path, durable=durable) as part:
        part.write_text("new")
        assert path.read_text() == "old"
        assert part.suffix == ".csv"
    assert listed(tmp_path) == {"table.csv": "new"}


def _write_half(part, error):
    part.write_text("half")
    raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_nothing(tmp_path, error):
    """Whatever interrupts the writing, the old file stays and its neighbour goes."""
    path = tmp_path / "table.csv"
    path.write_text("old")
    with pytest.raises(error), Draft(path) as part:
        _write_half(part, error)
    assert listed(tmp_path) == {"table.csv": "old"}


def test_a_refusing_disk_leaves_nothing(tmp_path):
    """What does not fit raises OSError; the old file stays and nothing is left beside it."""
    path = tmp_path / "table.csv"
    path.write_text("old")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_whole(path, bytes(2000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert listed(tmp_path) == {"table.csv": "old"}


def test_permissions(tmp_path):
    """A replaced file keeps its permissions, a new one follows the umask, a given mode always holds."""
    before = os.umask(0o027)
    try:
        for name, mode in (("new", None), ("kept", None), ("given", 0o644)):
            if name == "kept":
                (tmp_path / name).touch()
                (tmp_path / name).chmod(0o606)
            write_whole(tmp_path / name, "text", mode=mode)
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"new": 0o640, "kept": 0o606, "given": 0o644}


def test_a_link_stays_a_link(tmp_path):
    """Writing to a symbolic link replaces the file it names, or makes it, and never the link."""
    (tmp_path / "real").mkdir()
    link = tmp_path / "link.csv"
    link.symlink_to("real/table.csv")
    for text in ("first", "second"):
        write_whole(link, text)
        assert link.is_symlink()
        assert listed(tmp_path / "real") == {"table.csv": text}


def test_a_device_is_written_to(tmp_path):
    """A device or a pipe is written to and never replaced."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_whole(pipe, "through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert pipe.is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_a_planted_link_is_not_followed(tmp_path):
    """A link that lies where the neighbour is to be is removed; the file it names is not touched."""
    (tmp_path / "victim").write_text("mine")
    (tmp_path / f".table.{os.uname().nodename}.{os.getpid()}.part.csv").symlink_to("victim")
    write_whole(tmp_path / "table.csv", "text")
    assert listed(tmp_path) == {"table.csv": "text", "victim": "mine"}


@pytest.mark.parametrize("name", ["", "missing/table.csv", "file/table.csv"])
def test_a_place_where_nothing_can_be_written(tmp_path, name):
    """A folder, a missing folder or a file in its place raise OSError."""
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match=r"[Dd]irectory"):
        write_whole(tmp_path / name, "text")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
