"""The glass bench: what it plays and how it matches messages with frames."""

import json
import math

import numpy as np
import pytest

from tests.bench.glass import figures_of, missed, show
from tests.bench.glass_worker import RATE_HZ, SHAPE, Film


def test_a_film_is_played_to_and_fro(tmp_path):
    """Three pictures come as 0 1 2 1 0 1 ..., sixty a second, each in memory of its own."""
    images = np.arange(3, dtype=np.uint8)[:, None, None, None] * np.ones(SHAPE, np.uint8)
    (tmp_path / "film").write_bytes(images.tobytes())
    frames = list(Film(tmp_path / "film", 7 / RATE_HZ))
    assert [frame.image[0, 0, 0] for frame in frames] == [0, 1, 2, 1, 0, 1, 2]
    assert [frame.index for frame in frames] == list(range(7))
    assert np.diff([frame.t_ns for frame in frames]) == pytest.approx(1e9 / RATE_HZ, abs=1)


def test_the_device_plays_the_film(tmp_path, models):
    """The whole service takes the frames of half a second of darkness, and ends with the film."""
    (tmp_path / "film").write_bytes(bytes(2 * math.prod(SHAPE)))
    noted, _ = show(tmp_path / "film", 0.5, tmp_path)
    times_ns = [t_ns for t_ns, _ in noted["came"]]
    assert times_ns == sorted(set(times_ns))
    assert len(times_ns) + noted["skipped"] == RATE_HZ // 2


def test_messages_are_matched_with_their_frames():
    """The time of a message is that of its frame in the film; how much later it was heard is told."""
    came = [(round(k * 1e9 / RATE_HZ), round((100 + k / RATE_HZ) * 1e9)) for k in range(1000)]
    late_ms = np.tile([4.0, 5.0, 6.0, 30.0], 50)
    heard = [
        f"{wall_ns / 1e9 + late / 1e3:.9f} {json.dumps({'t_s': round(t_ns / 1e9, 3), 'count': 4})}".encode()
        for (t_ns, wall_ns), late in zip(came[::5], late_ms, strict=True)
    ]
    figures = figures_of({"came": came, "skipped": 2, "rss_mb": 120.0}, heard)
    assert (figures["people"], figures["messages"], figures["skipped"]) == (4, 200, 2)
    assert figures["p50_ms"] == pytest.approx(5.5, abs=0.01)
    assert figures["p99_ms"] == pytest.approx(30.0, abs=0.01)
    assert missed(figures) == ["p99_ms 30.0"]
