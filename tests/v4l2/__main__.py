"""What `source: usb` must do on a kernel's device: `python -m tests.v4l2`, as root, with the driver vivid."""

import inspect
import itertools
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from edge.camera import Camera, open_camera
from edge.config.sections import CameraSection
from edge.records import Frame

USB = CameraSection(source="usb", device="/dev/video0", width_px=640, height_px=480, rate_hz=15)
CAMERAS_N = 2
SLOWER = 0.05  # an emulated machine's timer is late by a part of a period
SIZES = ((320, 180), (640, 360), (1280, 720), (1920, 1080))
Found = tuple[str, bool]


def plug() -> None:
    """Load the driver, with moving pictures."""
    subprocess.run(["modprobe", "vivid", f"n_devs={CAMERAS_N}", "node_types=0x1,0x1"], check=True)
    for number in range(CAMERAS_N):
        device = Path(f"/dev/video{number}")
        while not device.exists():
            time.sleep(0.05)
        control(device, "horizontal_movement=4")


def control(device: Path, setting: str) -> None:
    """Set a control of the driver."""
    subprocess.run(["v4l2-ctl", "-d", str(device), "-c", setting], check=True)


def _frames(camera: Camera, count: int) -> list[Frame]:
    return list(itertools.islice(camera, count))


def _late(frames: list[Frame]) -> float:
    """Return by how much the clock of the pictures is behind the machine's at the last one, ms."""
    return (time.monotonic_ns() - frames[-1].t_ns) / 1e6


def in_order() -> Found:
    """300 pictures come in order, at the pace asked for, with the time of the machine's clock."""
    with open_camera(USB) as camera:
        frames = _frames(camera, 300)
        age_ms = _late(frames)
        steps_ms = np.diff([frame.t_ns for frame in frames]) / 1e6
        refused = sum(camera.refused.values())
    figure = f"period {np.median(steps_ms):.2f} ms, refused {refused}, age {age_ms:.0f} ms"
    pace = abs(np.median(steps_ms) * USB.rate_hz / 1000 - 1) < SLOWER
    return figure, bool(pace and steps_ms.min() > 0 and refused == 0 and 0 <= age_ms < 1000)


def sizes() -> Found:
    """Pictures of every size come as asked for."""
    got = []
    for width_px, height_px in SIZES:
        with open_camera(replace(USB, width_px=width_px, height_px=height_px, rate_hz=5)) as camera:
            got += [frame.image.shape[1::-1] for frame in _frames(camera, 2)[:1]]
    return f"{sum(map(SIZES.__contains__, got))} of {len(SIZES)}", got == list(SIZES)


def reopenings() -> Found:
    """20 times open, five pictures, close; the device is free each time."""
    closed = 0
    for _ in range(20):
        with open_camera(USB) as camera:
            count = len(_frames(camera, 5))
        closed += (camera.state, count) == ("closed", 5)
    return f"{closed} of 20", closed == 20


def together() -> Found:
    """Two cameras deliver at the same time, on one clock."""
    with open_camera(USB) as left, open_camera(replace(USB, device="/dev/video1")) as right:
        pairs = list(itertools.islice(zip(left, right, strict=False), 60))
    apart_ms = [abs(one.t_ns - other.t_ns) / 1e6 for one, other in pairs[30:]]  # both are open by then
    return f"30 pairs, at most {max(apart_ms):.0f} ms apart", len(apart_ms) == 30 and max(apart_ms) < 500


def replug() -> None:
    """Take the driver away as soon as nobody has the device open, and load it again."""
    while subprocess.run(["rmmod", "vivid"], check=False, stderr=subprocess.DEVNULL).returncode:
        time.sleep(0.05)
    plug()


def unplugged() -> Found:
    """Pull the plug and put it back 2 s later: the pictures come back, with the loss counted."""
    with open_camera(USB) as camera:
        before = _frames(camera, 60)
        control(Path(USB.device), "disconnect=1")
        threading.Timer(2.0, replug).start()
        after = _frames(camera, 60)
        gap_s = (after[-1].t_ns - before[-1].t_ns) / 1e9
        return f"{camera.restarts} reopenings, 60 pictures within {gap_s:.1f} s", camera.restarts >= 1


def row(check: Callable[[], Found]) -> bool:
    """Run one check; print its row."""
    try:
        figure, fine = check()
    except Exception as error:  # one check that breaks is a NO, and hides no other
        figure, fine = f"{type(error).__name__}: {error}", False
    print(f"| {(inspect.getdoc(check) or '').splitlines()[0]} | {figure} | {'yes' if fine else 'NO'} |")
    return fine


CHECKS = (in_order, sizes, reopenings, together, unplugged)


def main() -> int:
    """Print the table; return 1 when anything is not as it must be."""
    plug()
    print("| must hold | found | |\n| --- | --- | --- |")
    return int(sum(not row(one) for one in CHECKS) > 0)


if __name__ == "__main__":
    sys.exit(main())
