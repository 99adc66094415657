"""The real Picamera2 adapter, driven through a fake library whose signatures are the real ones."""

import ast
import functools
import itertools
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import numpy as np
import pytest

from edge.camera.choose import open_camera
from edge.camera.pi import PiCamera
from edge.camera.recovery import LiveCamera
from edge.config.sections import CameraSection
from edge.errors import CameraError

FAKE = Path(__file__).parent / "fake_picamera2.py"
SECTION = CameraSection(source="picamera2", width_px=100, height_px=60, timeout_s=2)
PERIOD_NS = 33_333_000


def opened(picamera2, section=SECTION):
    """Open the camera of a section with its recovery ladder, on the clock of the bench."""
    clock = picamera2.bench.clock
    make = functools.partial(PiCamera, section)
    return LiveCamera(make, rate_hz=section.rate_hz, timeout_s=section.timeout_s, clock=clock)


def shots(picamera2, *scripts, n, section=SECTION):
    """Frames 0..n-1 of a camera whose sensor plays `scripts`, and the camera."""
    picamera2.bench.scripts.extend(scripts)
    with opened(picamera2, section) as camera:
        return list(itertools.islice(camera, n)), camera


def test_pixels_and_times(picamera2):
    """Frames hold the sensor's RGB bytes, in own memory without padding, at the sensor's time."""
    frames, camera = shots(picamera2, ["frame"] * 20, n=20)
    assert [frame.index for frame in frames] == list(range(20))
    assert [frame.t_ns for frame in frames] == [5_000_000_000 + (k + 1) * PERIOD_NS for k in range(20)]
    for frame in frames:
        np.testing.assert_array_equal(frame.image, picamera2.picture(frame.index + 1, 60, 100, 3))
        assert frame.image.flags.c_contiguous
        assert not frame.image.flags.writeable
    assert (camera.dropped, camera.restarts, camera.state) == (0, 0, "closed")


def test_configuration_asks_for_what_is_needed(picamera2):
    """RGB byte order in main, YUV420 in lores, a fixed rate, no queued old frame, six buffers."""
    shots(picamera2, ["frame"], n=1, section=CameraSection(width_px=1280, height_px=720, rate_hz=60))
    got = picamera2.bench.configuration
    assert (got["main"]["size"], got["main"]["format"]) == ((1280, 720), "BGR888")
    assert (got["lores"]["size"], got["lores"]["format"]) == ((320, 180), "YUV420")
    assert got["controls"] == {"FrameDurationLimits": (16_667, 16_667)}
    assert (got["queue"], got["buffer_count"]) == (False, 6)


@pytest.mark.parametrize(("model", "row_ns"), [("imx708", 16_666_000 / 60), ("imx296", 0.0)])
def test_row_time(picamera2, model, row_ns):
    """A rolling shutter's row time comes from the mode's shortest frame; a global shutter has none."""
    picamera2.bench.model = model
    frames, _ = shots(picamera2, ["frame"], n=1)
    assert frames[0].row_ns == pytest.approx(row_ns)


def test_every_request_goes_back(picamera2):
    """No buffer is ever kept: the sensor never starves, also when the reader is far too slow."""
    frames, _ = shots(picamera2, ["frame"] * 5 + ["slow"] * 40 + ["frame"] * 5, n=8)
    assert picamera2.bench.starved == 0
    assert picamera2.bench.out == 0
    assert frames[-1].index == 7


def test_a_slow_reader_gets_the_newest_and_counts_the_rest(picamera2):
    """Pictures that came while the reader was busy are lost oldest first, and each is counted."""
    picamera2.bench.scripts.append(["frame", "gate", *["slow"] * 30])
    with opened(picamera2) as camera:
        stream = iter(camera)
        first = next(stream)
        picamera2.bench.gate.set()
        assert picamera2.bench.played.wait(10)
        last = [next(stream), next(stream)][-1]
        assert round((last.t_ns - first.t_ns) / PERIOD_NS) == 30
        assert camera.dropped == 28


@pytest.mark.parametrize(
    ("step", "counter"), [("duplicate", "duplicate"), ("late", "late"), ("repeat", "repeated")]
)
def test_no_news_is_refused_and_counted(picamera2, step, counter):
    """A picture with an old time, or with a new time and exactly the old content, is not delivered."""
    frames, camera = shots(picamera2, ["frame", step, "frame", step, step, "frame"], n=3)
    assert [frame.image[0, 0, 0] for frame in frames] != []
    assert camera.refused == {"duplicate": 0, "late": 0, "repeated": 0, counter: 3}
    assert all(b.t_ns > a.t_ns for a, b in itertools.pairwise(frames))
    assert camera.dropped == (3 if step == "repeat" else 0)


def test_a_covered_lens_is_no_fault(picamera2):
    """Pictures of one value may be equal: darkness is delivered."""
    frames, camera = shots(picamera2, ["frame", *["black"] * 5], n=6)
    assert len(frames) == 6
    assert camera.refused["repeated"] == 0


@pytest.mark.parametrize("step", ["skip", "cancel", "unstamped"])
def test_missing_pictures_are_counted(picamera2, step):
    """Pictures the sensor lost, the driver cancelled or left without a time show as dropped."""
    _, camera = shots(picamera2, ["frame", step, "frame", step, step, "frame"], n=3)
    assert camera.dropped == 3
    assert camera.restarts == 0


@pytest.mark.parametrize(
    "end", [[], ["cancel"] * 50, ["repeat"] * 50, ["duplicate"] * 50, ["unstamped"] * 50]
)
def test_silence_reopens(picamera2, end):
    """No new picture for the timeout, for whatever reason: the camera is closed, opened and goes on."""
    frames, camera = shots(picamera2, ["frame"] * 3 + end, ["frame"] * 4, n=7)
    assert [frame.index for frame in frames] == list(range(7))
    assert camera.restarts == 1
    assert (picamera2.bench.opened, picamera2.bench.closed) == (2, 2)
    assert all(b.t_ns > a.t_ns for a, b in itertools.pairwise(frames))


def test_a_close_that_hangs_holds_nobody_up(picamera2):
    """A close without end is left to its thread: the camera comes back, but is not called closed."""
    picamera2.bench.close_hangs = 1
    frames, camera = shots(picamera2, ["frame"] * 2, ["frame"] * 2, n=4)
    assert len(frames) == 4
    assert camera.state == "stalled"
    picamera2.bench.release_hung.set()


def test_an_open_that_hangs_is_tried_again(picamera2):
    """An open without end is given up, tried again, and closed when it comes through after all."""
    picamera2.bench.open_hangs = 1
    frames, camera = shots(picamera2, ["frame"] * 2, n=2)
    assert len(frames) == 2
    assert camera.restarts == 1
    picamera2.bench.release_hung.set()


def test_a_camera_that_opens_again_later(picamera2):
    """A camera that cannot be opened twice after a stall comes back with the third try."""
    picamera2.bench.scripts.extend([["frame"], ["frame"] * 3])
    with opened(picamera2) as camera:
        stream = iter(camera)
        next(stream)
        picamera2.bench.open_fails = 2
        assert next(stream).index == 1
        assert camera.restarts == 3


def test_a_dead_camera_is_given_up(picamera2):
    """After three reopenings without a picture the error says so in one line; nothing stays open."""
    with pytest.raises(
        CameraError, match=r"^expected .+, got none at picamera2 \(given up after 3 restarts\)$"
    ):
        shots(picamera2, ["frame"] * 2, n=3)
    assert (picamera2.bench.opened, picamera2.bench.closed) == (4, 4)


def test_flapping_is_given_up(picamera2):
    """A camera that gives one picture after each reopening and dies again is not reopened for ever."""
    with pytest.raises(CameraError, match="given up"):
        shots(picamera2, *[["frame"]] * 9, n=9)
    assert picamera2.bench.opened == 4


def test_no_camera_and_no_library(picamera2, monkeypatch):
    """A missing camera and a missing library are one line each; a missing library is not tried again."""
    picamera2.bench.open_fails = 99
    with pytest.raises(CameraError, match="expected a working camera, got Camera __init__"):
        open_camera(SECTION)
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(CameraError, match="sudo apt install python3-picamera2"):
        open_camera(SECTION)


def test_close_from_another_thread_ends_the_iteration(picamera2):
    """Closing while the reader waits ends its iteration, without an error and without a reopening."""
    picamera2.bench.scripts.append(["frame"])
    with open_camera(CameraSection(width_px=64, height_px=64, timeout_s=30)) as camera:
        stream = iter(camera)
        next(stream)
        threading.Thread(target=camera.close).start()
        assert list(stream) == []
        assert camera.restarts == 0


@pytest.fixture(scope="session")
def real_sources(tmp_path_factory):
    """Parse the sources of the real package; skip when it cannot be downloaded."""
    folder = tmp_path_factory.mktemp("picamera2")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
    done = subprocess.run(
        [*command, "--disable-pip-version-check", "-d", folder, "picamera2"],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if done.returncode:
        pytest.skip(f"needs the sources of picamera2 from the package index: {done.stderr.strip()[-200:]}")
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        return {
            name.split("/")[-1]: ast.parse(wheel.read(name))
            for name in ("picamera2/picamera2.py", "picamera2/request.py")
        }


def methods(tree):
    """Signatures by class and method; the last definition counts, those before are overloads."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and (
                    not item.name.startswith("_") or item.name == "__init__"
                ):
                    found[node.name, item.name] = signature(item)
    return found


def signature(function):
    """Arguments of a function without their annotations."""
    args = function.args
    for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs):
        arg.annotation = None
    decorators = {ast.unparse(item) for item in function.decorator_list} & {"property", "staticmethod"}
    return ast.unparse(args), decorators


def test_the_fake_has_the_real_signatures(real_sources):
    """Every method of the fake exists in the real package with the same arguments and defaults."""
    real = methods(real_sources["picamera2.py"]) | methods(real_sources["request.py"])
    fake = methods(ast.parse(FAKE.read_text()))
    fake = {key: value for key, value in fake.items() if key[0] not in {"ColorSpace", "Transform"}}
    for name in ("complete", "recycle"):  # what happens below it
        del fake["Picamera2", name]
    assert len(fake) > 12
    allowed = {
        ("Picamera2", "create_video_configuration"): ("transform=libcamera.Transform()", "transform=None")
    }
    for key, (arguments, decorators) in fake.items():
        expected = real[key][0].replace(*allowed.get(key, ("", "")))
        assert (arguments, decorators) == (expected, real[key][1]), key


def test_the_real_library_uses_the_callback_so(real_sources):
    """The real event loop calls `pre_callback` with each request, once; its requests count references."""
    source = ast.unparse(real_sources["picamera2.py"])
    assert "self.pre_callback(req)" in source
    assert "self.pre_callback = None" in source
    request = ast.unparse(real_sources["request.py"])
    assert "self.ref_count += 1" in request
    assert "self.ref_count -= 1" in request
