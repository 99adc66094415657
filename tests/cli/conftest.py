"""Inputs of every kind: tables, films whole and damaged, a folder without models."""

import av
import numpy as np
import pytest

from edge.cli import main


@pytest.fixture
def refused(capsys):
    """Return a call that runs a command and gives back its status and its one line of error."""

    def call(*words):
        status = main([str(word) for word in words])
        captured = capsys.readouterr()
        assert captured.out == ""
        last = captured.err.splitlines()[-1]
        assert last.startswith("error: expected ")
        assert "got" in last
        assert "Traceback" not in captured.err
        return status, last

    return call


@pytest.fixture(scope="session")
def film(tmp_path_factory):
    """Return a writer of a film of grey noise: size, pixel format, codec."""
    folder = tmp_path_factory.mktemp("films")

    def write(name, *, width=64, height=48, pixels="yuv420p", codec="ffv1", frames=6):
        path = folder / name
        rng = np.random.default_rng(3)
        with av.open(str(path), "w") as container:
            stream = container.add_stream(codec, rate=30)
            stream.width, stream.height, stream.pix_fmt = width, height, pixels
            for _ in range(frames):
                image = rng.integers(0, 256, (height, width, 3), np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            container.mux(stream.encode())
        return path

    return write


@pytest.fixture(scope="session")
def pair(tmp_path_factory):
    """Write two people with one channel of their own name, 40 s at 10 Hz."""
    rng = np.random.default_rng(5)
    path = tmp_path_factory.mktemp("tables") / "pair.csv"
    rows = [f"{k / 10},{p},{rng.standard_normal():.5f}" for k in range(400) for p in (1, 2)]
    path.write_text("\n".join(["t_s,person,motion", *rows]) + "\n")
    return path
