"""What the adapter must do on the real library: each check returns its figure and whether that is right."""

import gc
import itertools
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from edge.camera import Camera, open_camera
from edge.config.sections import CameraSection
from edge.errors import CameraError
from edge.records import Frame
from tests.pi import films

PI = CameraSection(source="picamera2", width_px=640, height_px=480, rate_hz=30)
SIZES = ((100, 64), (316, 240), (320, 240), (641, 481), (1280, 960), (1920, 1080), (2304, 1296), (2592, 1944))
LARGEST = (2304, 1296)
Found = tuple[str, bool]


def _frames(camera: Camera, count: int) -> list[Frame]:
    return list(itertools.islice(camera, count))


def in_order() -> Found:
    """300 pictures come in the order and at the pace of the sensor, each pixel as it was filmed."""
    film = films.noise(640, 480, 40)
    films.play(film)
    prints = {picture.tobytes(): number for number, picture in enumerate(film)}
    with open_camera(PI) as camera:
        frames = _frames(camera, 300)
        numbers = [prints.get(frame.image.tobytes(), -1) for frame in frames]
        steps = np.diff([frame.t_ns for frame in frames])
        moments = np.rint(steps / 33_333_000)
        right = (np.diff(numbers) % 40 == moments % 40).all() and min(numbers) >= 0 and (steps > 0).all()
        lost, refused = int((moments - 1).sum()), sum(camera.refused.values())
        fine = bool(right) and lost == camera.dropped and refused == 0
        return f"period {np.median(steps) / 1e6:.3f} ms, missed {lost}, refused {refused}", fine


def flipped() -> Found:
    """Mirroring and turning give the pixels of the film, mirrored and turned."""
    film = films.noise(640, 480, 7)
    films.play(film)
    wanted = {
        ("horizontal", 0): film[0][:, ::-1],
        ("vertical", 0): film[0][::-1],
        ("both", 0): film[0][::-1, ::-1],
        ("none", 90): np.rot90(film[0], -1),
        ("none", 180): film[0][::-1, ::-1],
        ("horizontal", 270): np.rot90(film[0])[:, ::-1],
    }
    right = 0
    for (flip, turn), picture in wanted.items():
        with open_camera(replace(PI, flip=flip, rotate_deg=turn)) as camera:
            right += any(np.array_equal(frame.image, picture) for frame in _frames(camera, 20))
    return f"{right} of {len(wanted)}", right == len(wanted)


def sizes() -> Found:
    """Every size opens; one that the camera adjusts is said in words, with the setting."""
    films.play(films.noise(320, 240, 8))
    wrong = []
    for width_px, height_px in SIZES:
        with open_camera(replace(PI, width_px=width_px, height_px=height_px)) as camera:
            (frame,) = _frames(camera, 1)
        got = frame.image.shape[1::-1]
        made = (min(width_px // 2 * 2, LARGEST[0]), min(height_px // 2 * 2, LARGEST[1]))
        said = "camera.width_px" in camera.problem
        if got != made or said != (got != (width_px, height_px)):
            wrong.append(f"{width_px}x{height_px}: {got}, {camera.problem!r}")
    return "; ".join(wrong) or f"{len(SIZES)} of {len(SIZES)}", not wrong


def rates() -> Found:
    """Rates beyond the sensor's are said."""
    with open_camera(replace(PI, rate_hz=240)) as camera:
        frames = _frames(camera, 20)
    period_ms = float(np.diff([frame.t_ns for frame in frames]).min()) / 1e6
    return (
        f"{camera.problem}; shortest {period_ms:.1f} ms",
        "camera.rate_hz" in camera.problem and period_ms < 18,
    )


def featureless() -> Found:
    """Equal pictures of a covered lens, a dark room and a wall are delivered, for longer than any timeout."""
    said = []
    for level in (0, 4, 128, 255):
        films.play(films.plain(level))
        with open_camera(PI) as camera:
            frames = _frames(camera, 150)
            said.append((len(frames), sum(camera.refused.values()), camera.restarts))
    return f"{said[0][0]} each, refused {sum(one[1] for one in said)}", all(one[1:] == (0, 0) for one in said)


def frozen() -> Found:
    """Pictures with content that come again and again are none: reopened, then given up."""
    films.play(films.noise(640, 480, 1))
    begun_s = time.monotonic()
    try:
        with open_camera(PI) as camera:
            _frames(camera, 3)
    except CameraError as error:
        took_s = time.monotonic() - begun_s
        return f"given up after {took_s:.1f} s: {error}", "3 restarts" in str(error)
    return "delivered", False


def stalls() -> Found:
    """Three silent seconds cost one reopening."""
    films.play(films.noise(640, 480, 40))
    with open_camera(PI) as camera:
        before = _frames(camera, 75)[-1]  # by then it is healthy
        films.STALL.touch()
        threading.Timer(3.0, films.STALL.unlink).start()
        after = next(one for one in _frames(camera, 75) if one.t_ns - before.t_ns > 10**9)
        gap_s = (after.t_ns - before.t_ns) / 1e9
        return f"{camera.restarts} reopening, {gap_s:.1f} s without pictures", camera.restarts == 1


def silent() -> Found:
    """Silence without end climbs the ladder."""
    films.play(films.noise(640, 480, 40))
    with open_camera(PI) as camera:
        _frames(camera, 75)
        begun_s = time.monotonic()
        films.STALL.touch()
        try:
            _frames(camera, 1000)
        except CameraError as error:
            took_s = time.monotonic() - begun_s
            return f"{took_s:.1f} s: {error}", "3 restarts" in str(error) and took_s < 20
        finally:
            films.STALL.unlink()
    return "no end", False


def refused() -> Found:
    """Cameras that are not there are refused in one line, with the library's words."""
    try:
        with open_camera(replace(PI, number=7)):
            return "opened", False
    except CameraError as error:
        return str(error), "No camera number 7" in str(error) and "\n" not in str(error)


def half_open() -> Found:
    """Undo openings that fail half way: the next one, of the same process, succeeds."""
    (films.FOLDER / "no-heap").touch()
    with open_camera(PI) as camera:
        count = len(_frames(camera, 5))
        return f"{camera.restarts} reopening, {count} pictures", (camera.restarts, count) == (1, 5)


def reopenings() -> Found:
    """20 times open, five pictures, close."""
    films.play(films.noise(640, 480, 40))
    closed = 0
    for _ in range(20):
        with open_camera(PI) as camera:
            count = len(_frames(camera, 5))
        closed += (camera.state, camera.restarts, count) == ("closed", 0, 5)
    return f"{closed} of 20", closed == 20


def _held() -> tuple[int, int, float]:
    """Open files, mapped buffers and resident memory, MB."""
    gc.collect()
    buffers = Path("/proc/self/maps").read_text().count("memfd:buffer")
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return len(list(Path("/proc/self/fd").iterdir())), buffers, pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def leaks() -> Found:
    """100 reopenings leave no file, no buffer and no memory behind."""
    small = replace(PI, width_px=320, height_px=240)
    for count in (10, 100):  # the first ones fill what stays
        before = _held()
        for _ in range(count):
            with open_camera(small) as camera:
                _frames(camera, 2)
    after = _held()
    grown_mb = after[2] - before[2]
    figure = f"files {before[0]} to {after[0]}, buffers {before[1]} to {after[1]}, {grown_mb:+.1f} MB"
    return figure, after[0] <= before[0] and after[1] <= before[1] and grown_mb < 10


def late_reader() -> Found:
    """Pictures for a reader that sleeps are new ones, and the sensor is not starved."""
    films.play(films.noise(640, 480, 40))
    with open_camera(PI) as camera:
        ages_ms = []
        for frame in itertools.islice(camera, 10):
            ages_ms.append((time.monotonic_ns() - frame.t_ns) / 1e6)
            time.sleep(0.5)
        begun_s = time.monotonic()
        _frames(camera, 30)
        took_s = time.monotonic() - begun_s
    return f"age at most {max(ages_ms):.0f} ms, 30 more in {took_s:.2f} s", took_s < 4 and max(ages_ms) < 1500


CHECKS = (
    in_order,
    flipped,
    sizes,
    rates,
    featureless,
    frozen,
    stalls,
    silent,
    late_reader,
    refused,
    half_open,
    reopenings,
    leaks,
)
