"""The sieve and the ladder against devices that do everything wrong."""

import random
import sys
import threading

import numpy as np
import pytest

from edge.camera._deadline import OverdueError, within
from edge.camera._sieve import Sieve
from edge.camera._source import Shot
from edge.camera.choose import open_camera
from edge.camera.recovery import LiveCamera
from edge.config.sections import CameraSection
from edge.errors import CameraError

PERIOD_NS = 33_000_000


def shot(t_ns, number=None, side_px=4):
    """Make a shot; the same number is the same picture."""
    number = t_ns if number is None else number
    return Shot(t_ns=t_ns, image=np.full((side_px, side_px, 3), number % 256, np.uint8), print_=number)


@pytest.mark.parametrize(
    ("gap_periods", "dropped"), [(1.0, 0), (1.4, 0), (1.6, 1), (2.0, 1), (3.0, 2), (3.6, 3), (100, 99)]
)
def test_gaps_count_what_is_missing(gap_periods, dropped):
    """More than one and a half periods between two pictures means lost ones."""
    sieve = Sieve(period_ns=PERIOD_NS)
    assert sieve.accepts(shot(0))
    assert sieve.accepts(shot(round(gap_periods * PERIOD_NS)))
    assert sieve.dropped == dropped


def test_the_devices_own_period_counts():
    """A device that declares its rate is measured against that, not against the configured one."""
    sieve = Sieve(period_ns=PERIOD_NS)
    for k in range(3):
        slow = shot(2 * PERIOD_NS * k)
        assert sieve.accepts(Shot(t_ns=slow.t_ns, image=slow.image, print_=k, period_ns=2 * PERIOD_NS))
    assert sieve.dropped == 0


def test_within_hands_over_errors_and_gives_up():
    """A call's own error is raised, a call without end is given up and cleaned up behind when it returns."""
    with pytest.raises(KeyError):
        within(5, lambda: {}["x"], what="try")
    go, cleaned = threading.Event(), threading.Event()
    with pytest.raises(OverdueError, match=r"expected the camera to try within 0\.05 s, got no answer"):
        within(0.05, lambda: go.wait(10), what="try", late=cleaned.set)
    assert not cleaned.is_set()
    go.set()
    assert cleaned.wait(5)


class World:
    """What outlives the devices of one test: their faults to come, their clock, their counts."""

    def __init__(self, faults, seed):
        self.random = random.Random(seed)
        self.faults = list(faults)
        self.random.shuffle(self.faults)
        self.opened = self.closed = self.t_ns = self.shown = 0
        self.next_open = None
        self.release = threading.Event()
        self.turn = threading.Condition()

    def count_closed(self):
        """Count one device that has been closed."""
        with self.turn:
            self.closed += 1
            self.turn.notify_all()

    def all_closed(self, limit_s):
        """Wait until every device that was opened is closed; return whether it is."""
        with self.turn:
            return self.turn.wait_for(lambda: self.closed == self.opened, limit_s)


class Scripted:
    """A device that works for a while and then shows the next fault of its world."""

    name = "scripted"
    live = True
    ended = False
    problem = ""

    def __init__(self, world):
        self.world = world
        self.healthy_n = world.random.randrange(250, 300)
        self.fault = None

    def open(self):
        """Open, unless the fault before asked for more."""
        fault, self.world.next_open = self.world.next_open, None
        self.world.opened += 1
        if fault == "open fails":
            raise CameraError("expected a camera, got none at scripted")
        if fault == "open hangs":
            self.world.release.wait(60)

    def read(self, timeout_s):
        """Show a picture, or what the fault shows instead."""
        world = self.world
        self.healthy_n -= 1
        if self.healthy_n == 0 and world.faults:
            self.fault = world.faults.pop()
            world.next_open = self.fault if self.fault.startswith("open") else None
        if self.fault == "error":
            raise CameraError("expected pictures, got an unplugged cable at scripted")
        if self.fault in {"repeats", "stuck"}:
            world.t_ns += PERIOD_NS if self.fault == "repeats" else 0
            world.release.wait(0.002)
            return shot(world.t_ns, world.shown)
        if self.fault not in {None, "format"}:
            world.release.wait(timeout_s)
            return None
        world.t_ns += PERIOD_NS
        world.shown = world.t_ns
        world.release.wait(0.0005)
        return shot(world.t_ns, side_px=8 if self.fault == "format" else 4)

    def close(self):
        """Close, at the latest when the test lets go."""
        if self.fault == "close hangs":
            self.world.release.wait(60)
        self.world.count_closed()


FAULTS = ("silent", "repeats", "stuck", "error", "close hangs", "open fails", "open hangs", "format")


@pytest.mark.slow
def test_every_fault_at_random_moments_is_recovered():
    """Faults of eight kinds at random moments: frames go on in order, nothing is left open."""
    world = World(FAULTS * 4, seed=11)
    with LiveCamera(lambda: Scripted(world), rate_hz=30, timeout_s=0.1) as camera:
        last_ns = -1
        for count, frame in enumerate(camera):
            assert (frame.index, frame.t_ns > last_ns, frame.image.shape) == (count, True, (4, 4, 3))
            last_ns = frame.t_ns
            if not world.faults and camera.restarts >= 40:
                break
        assert camera.restarts >= 40  # a failed opening is a restart of its own
        assert camera.state == "ok"
    world.release.set()
    assert world.all_closed(10)


def test_sources_are_chosen_and_refused(tmp_path, monkeypatch):
    """The configuration names the source; a file source without a path names the key."""
    for source in ("video", "stage"):
        with pytest.raises(CameraError, match=r"expected a file .+ got '' at camera\.path"):
            open_camera(CameraSection(source=source))
    with pytest.raises(CameraError, match="got nothing at"):
        open_camera(CameraSection(source="video", path=str(tmp_path / "none.mp4")))
    monkeypatch.setitem(sys.modules, "av", None)
    monkeypatch.delitem(sys.modules, "edge.camera.video", raising=False)
    with pytest.raises(CameraError, match=r"expected the library of camera source 'video', got .+av.+"):
        open_camera(CameraSection(source="video", path="x"))
