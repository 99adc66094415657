"""The examples in the docstrings run as they stand, and a film is the same from Python and by the command."""

import doctest
import shutil

import av
import numpy as np
import pytest

import edge
from edge import api, windows
from edge.cli import main
from edge.tables import reader


def examples():
    """Return every example of the public functions, by name."""
    finder = doctest.DocTestFinder(recurse=False)
    places = {"correlate": windows, "read": reader, **dict.fromkeys(("measure", "report", "signals"), api)}
    return [finder.find(getattr(module, name), name, module=module)[0] for name, module in places.items()]


@pytest.mark.parametrize("example", examples(), ids=lambda one: one.name)
def test_example(example, request, tmp_path, monkeypatch, capsys):
    """An example prints what stands below it."""
    monkeypatch.chdir(tmp_path)
    if example.name == "signals":
        shutil.copy(request.getfixturevalue("scene"), "scene.mp4")
    if example.name == "report":
        rows = [f"{k / 10},{p},{(k * p) % 7}" for k in range(300) for p in (1, 2)]
        (tmp_path / "meeting.csv").write_text("\n".join(["t_s,person,motion", *rows]) + "\n")
        assert main(["replay", "meeting.csv"]) == 0
        (tmp_path / "meeting.jsonl").write_text(capsys.readouterr().out)
    told = []
    result = doctest.DocTestRunner().run(example, out=told.append)
    assert (result.failed, result.attempted > 1) == (0, True), "".join(told)


def test_a_film_from_python_and_by_the_command(scene, tmp_path):
    """`edge.signals` returns the very numbers that the command writes, at every frame and thinned."""
    for options, asked, rows in (([], {}, 60), (["--rate-hz", "5"], {"rate_hz": 5}, 30)):
        path = tmp_path / "scene.csv"
        assert main(["signals", str(scene), "--out", str(path), *options]) == 0
        written, seen = edge.read(path), edge.signals(scene, **asked)
        assert written.people == seen.people
        assert (len(seen.people), len(seen.t_s)) == (2, rows)
        assert written.channels == seen.channels
        for name in ("t_s", "frame", "person", "values"):
            np.testing.assert_array_equal(getattr(written, name), getattr(seen, name))
        for name, column in written.context.items():
            np.testing.assert_array_equal(column, seen.context[name])


def test_a_film_without_faces(tmp_path):
    """A recording that shows nobody is one sentence."""
    path = tmp_path / "grey.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(3):
            grey = np.full((48, 64, 3), 128, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode())
    with pytest.raises(edge.EdgeError, match=r"expected at least one face, got none at .*grey\.mkv"):
        edge.signals(path)
