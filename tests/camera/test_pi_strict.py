"""The Pi camera where the real library is stricter than one would like: strides, sizes, locks, half-open."""

import itertools
import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest

from edge.camera.choose import open_camera
from edge.camera.pi import PiCamera
from edge.config.sections import CameraSection
from edge.errors import CameraError

SECTION = CameraSection(source="picamera2", width_px=100, height_px=60, timeout_s=2)


@pytest.mark.parametrize("step", ["black", "dark", "plain"])
@pytest.mark.parametrize("width_px", [100, 640])
def test_equal_pictures_that_show_nothing_are_delivered(picamera2, step, width_px):
    """A covered lens, a dark room and a white wall come through for ever, however the rows are padded."""
    picamera2.bench.scripts.append(["frame", *[step] * 8])
    with open_camera(CameraSection(width_px=width_px, height_px=480)) as camera:
        frames = list(itertools.islice(camera, 9))
        assert (camera.restarts, camera.refused["repeated"]) == (0, 0)
    np.testing.assert_array_equal(frames[-1].image, picamera2.picture(step, 480, width_px, 3))


@pytest.mark.parametrize(
    ("size_px", "small_px"),
    [
        ((64, 64), (64, 64)),
        ((100, 60), (100, 60)),
        ((101, 63), (100, 62)),
        ((316, 240), (316, 240)),
        ((320, 1080), (320, 1080)),
        ((640, 64), (320, 32)),
        ((2304, 1296), (320, 180)),
    ],
)
def test_every_size_opens(picamera2, size_px, small_px):
    """The small picture is never larger than the main one, whatever its size and shape."""
    picamera2.bench.scripts.append(["frame"])
    with open_camera(CameraSection(width_px=size_px[0], height_px=size_px[1])) as camera:
        frame = next(iter(camera))
    assert frame.image.shape[:2] == (size_px[1] // 2 * 2, size_px[0] // 2 * 2)
    assert picamera2.bench.configuration["lores"]["size"] == small_px


SIZE = "the camera delivers {} px instead of {} (camera.width_px, camera.height_px)".format
RATE = " and at most 60.0 pictures a second instead of 240 (camera.rate_hz)"


@pytest.mark.parametrize(
    ("asked", "largest", "expected"),
    [
        ({"width_px": 640, "height_px": 480}, (4608, 2592), ""),
        ({"width_px": 641, "height_px": 481}, (4608, 2592), SIZE("640 x 480", "641 x 481")),
        (
            {"width_px": 1920, "height_px": 1080, "rate_hz": 240},
            (1280, 960),
            SIZE("1280 x 960", "1920 x 1080") + RATE,
        ),
    ],
)
def test_what_the_camera_adjusts_is_reported(picamera2, caplog, asked, largest, expected):
    """Another size or rate than configured is named with its settings, once in the log."""
    picamera2.bench.largest = largest
    picamera2.bench.scripts.append(["frame"])
    with open_camera(CameraSection(**asked)) as camera:
        next(iter(camera))
        assert camera.problem == expected
    warned = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warned == [expected] * bool(expected)


@pytest.mark.parametrize(
    ("stream", "formats"), [("main", ("XBGR8888",)), ("main", ("RGB888",)), ("lores", ("RGB888",))]
)
def test_another_format_is_refused(picamera2, stream, formats):
    """Pictures in another format than asked for would be misread: an error with both formats."""
    picamera2.bench.formats[stream] = formats
    wanted = {"main": "BGR888", "lores": "YUV420"}[stream]
    with pytest.raises(CameraError, match=f"got {formats[0]} instead of {wanted} in its {stream} stream"):
        open_camera(CameraSection(width_px=100, height_px=60, timeout_s=0.5))


def test_a_close_while_the_callback_is_about_to_be_called(picamera2):
    """The library has looked at the callback and calls it while the camera closes: nothing breaks."""
    picamera2.bench.scripts.append(["race"])
    device = PiCamera(SECTION)
    device.open()
    device.close()
    assert (picamera2.bench.closed, picamera2.bench.out) == (1, 0)


def test_a_camera_that_fails_half_open_is_freed(picamera2):
    """Memory missing after the camera was acquired: the next try opens it, in the same process."""
    picamera2.bench.heap_fails = 1
    picamera2.bench.scripts.append(["frame"])
    with open_camera(SECTION) as camera:
        next(iter(camera))
        assert camera.restarts == 1


def test_the_hidden_cause_is_named(picamera2):
    """Where the library hides the cause behind a general sentence, the error has both."""
    picamera2.bench.acquired.add(0)
    hidden = "sequence did not complete: Failed to acquire camera: Device or resource busy at picamera2"
    with pytest.raises(CameraError, match=hidden):
        open_camera(CameraSection(width_px=100, height_px=60, timeout_s=0.5))


STOPPED = """
import sys, threading
sys.path.insert(0, ".")
from tests.camera import fake_picamera2 as fake
sys.modules["picamera2"] = sys.modules["libcamera"] = fake
from edge.camera.pi import PiCamera
from edge.camera.recovery import LiveCamera
from edge.config.sections import CameraSection

class Telling(PiCamera):
    def read(self, timeout_s):
        if fake.bench.seed and not fake.bench.out and not fake.bench.gate.is_set():
            print("reading", flush=True)
        return super().read(timeout_s)

def resume():
    sys.stdin.readline()
    fake.bench.gate.set()

section = CameraSection(width_px=100, height_px=60)
fake.bench.scripts.append(["frame", "gate", *["frame"] * 9])
threading.Thread(target=resume, daemon=True).start()
with LiveCamera(lambda: Telling(section), rate_hz=30, timeout_s=1) as camera:
    stream = iter(camera)
    print(next(stream).index, next(stream).index, camera.restarts, flush=True)
"""


def test_a_stopped_process_is_no_stalled_camera():
    """A process that was stopped for longer than the timeout goes on without opening the camera again."""
    process = subprocess.Popen(
        [sys.executable, "-c", STOPPED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "reading\n"
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        threading.Event().wait(2)  # two timeouts pass while nothing can run
        process.send_signal(signal.SIGCONT)
        process.stdin.write("go\n")
        process.stdin.flush()
        said = [line for line in process.stdout if line != "reading\n"]
        assert said == ["0 1 0\n"]
    finally:
        process.kill()
        process.communicate()
