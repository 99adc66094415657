"""Several cameras of one service: frames of each in its view, one that fails, a mute that closes all."""

import json
import threading
import time

import numpy as np
import pytest

from edge.camera import open_camera
from edge.cli._overlap import overlap
from edge.cli._scene import scene
from edge.config import Config
from edge.config.sections import CameraSection, PrivacySection
from edge.errors import CameraError
from edge.pipeline.cameras import Cameras
from edge.pipeline.capture import Capture, Origin
from edge.pipeline.feed import Feed
from edge.pipeline.meter import Meter
from edge.pipeline.vision import Vision
from edge.privacy import Door
from edge.records import Frame

TWO = (CameraSection(number=0), CameraSection(number=1))


class World:
    """Cameras on strings: frames come when the test gives them; each may be killed."""

    def __init__(self):
        self.woken = threading.Event()
        self.open = {}
        self.closed_at_s = {}
        self.dead = set()
        self.close_s = 0.0

    def opener(self, section):
        """Open one, unless it is dead."""
        if section.number in self.dead:
            raise CameraError("expected a working camera, got none at strings")
        one = self.open[section.number] = Stringed(self, section.number)
        return one

    def give(self, cameras, number):
        """Let a camera show a frame; return what the loop takes, by view."""
        one = self.open[number]
        self.woken.clear()
        one.frames.append(Frame(t_ns=time.monotonic_ns(), index=0, image=np.ones((4, 4, 3), np.uint8)))
        one.go.release()
        assert self.woken.wait(10)
        return [frame.view for frame, _ in cameras.take()]

    def kill(self, number):
        """Let a camera fail for good."""
        self.dead.add(number)
        self.woken.clear()
        self.open[number].go.release()
        assert self.woken.wait(10)


class Stringed:
    """One of them."""

    dropped = restarts = 0
    problem = ""

    def __init__(self, world, number):
        self.world, self.number = world, number
        self.refused, self.state, self.frames, self.go = {}, "ok", [], threading.Semaphore(0)

    def __iter__(self):
        while True:
            self.go.acquire()
            if self.state == "closed":
                return
            if self.number in self.world.dead:
                raise CameraError("expected a picture, got none at strings")
            yield self.frames.pop()

    def close(self):
        """Take as long as the world says."""
        if self.state != "closed":
            time.sleep(self.world.close_s)
            self.state = "closed"
            self.world.closed_at_s[self.number] = time.monotonic()
            self.go.release()


def until(true):
    """Wait for what another thread does."""
    end_s = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end_s
        threading.Event().wait(0.005)


@pytest.fixture
def world():
    """Give cameras on strings."""
    return World()


@pytest.fixture
def cameras(world, monkeypatch, tmp_path):
    """Open two of them."""
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    both = Cameras(TWO, Meter(2), world.woken.set, opener=world.opener)
    both.open()
    until(lambda: len(world.open) == 2)
    yield both
    both.close()


def test_each_frame_has_its_view(world, cameras):
    """Frames come with the number of their camera, and the health with that of each."""
    assert [world.give(cameras, number) for number in (0, 1, 1, 0)] == [[0], [1], [1], [0]]
    health = cameras.health()
    assert len(health["each"]) == 2
    assert health["refused"] == {"duplicate": 0, "late": 0, "repeated": 0}


def test_one_camera_fails_and_comes_back(world, cameras):
    """While one is away the other's frames come; a minute later it is tried again."""
    now_s = 0.0
    for _ in range(50):
        world.kill(1)
        until(lambda: cameras.keepers[1].capture.error)
        assert cameras.ended(now_s) is None
        assert (cameras.degraded, cameras.lost) == (True, False)
        assert world.give(cameras, 0) == [0]
        assert [one["state"] for one in cameras.health()["each"]][1] == "closed"
        cameras.retry(now_s + 30)
        assert cameras.keepers[1].capture is None
        world.dead.clear()
        del world.open[1]
        cameras.retry(now_s + 61)
        until(lambda: 1 in world.open)
        assert world.give(cameras, 1) == [1]
        assert not cameras.degraded
        now_s += 100


def test_all_cameras_gone_end_the_process(world, cameras):
    """The last camera that gives up climbs the ladder: the process is restarted."""
    for number, status in ((1, None), (0, 1)):
        world.kill(number)
        until(lambda number=number: cameras.keepers[number].capture.error)
        assert cameras.ended(1.0) == status


def test_a_mute_closes_all_at_the_same_time(world, cameras):
    """`close` returns when every camera has confirmed it, and does not wait for one after the other."""
    world.close_s = 0.3
    begin_s = time.monotonic()
    assert cameras.close()
    assert len(world.closed_at_s) == 2
    assert max(world.closed_at_s.values()) <= time.monotonic()
    assert abs(world.closed_at_s[0] - world.closed_at_s[1]) < 0.25
    assert time.monotonic() - begin_s < 5


def test_sources_without_a_clock_share_one(tmp_path, monkeypatch):
    """Two recordings opened together are on the machine's clock, with the distances of their own times."""
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    for name in ("a", "b"):
        (tmp_path / f"{name}_16x16_20fps.i420").write_bytes(bytes(16 * 16 * 3 // 2) * 40)
    paths = [str(tmp_path / f"{name}_16x16_20fps.i420") for name in ("a", "b")]
    woken = threading.Event()
    both = Cameras([CameraSection(source="video", path=path) for path in paths], Meter(2), woken.set)
    both.open()
    times = {0: [], 1: []}
    while min(map(len, times.values())) < 5:
        assert woken.wait(10)
        woken.clear()
        for frame, _ in both.take():
            times[frame.view].append(frame.t_ns)
    both.close()
    apart_ns = (times[0][0] - times[1][0]) % 50_000_000
    assert apart_ns == 0
    assert abs(times[0][-1] - time.monotonic_ns()) < 20e9


def minute(source, folder):
    """Name a source without a pace of its own that lasts for a minute of 600 pictures."""
    scenes = {"stage": json.dumps(json.loads(scene(1, 60.0, rate_hz=10.0)) | {"size_px": [160, 90]}).encode()}
    path = folder / "grey_16x16_10fps.i420"
    path.write_bytes(scenes.get(source, bytes(16 * 16 * 3 // 2) * 600))
    return CameraSection(source=source, path=str(path))


@pytest.mark.parametrize(("source", "others"), [("stage", True), ("video", True), ("video", False)])
def test_a_source_among_others_does_not_fall_behind(source, others, tmp_path):
    """Ten seconds late, it leaves out what is past; one alone gives every picture."""
    origin, woken = Origin(others=others), threading.Event()
    origin.zero_ns(10_000_000_000)
    camera = open_camera(minute(source, tmp_path))
    capture = Capture(lambda: camera, woken.set, paced=True, origin=origin)
    capture.start()
    seen_ns = 0
    while not seen_ns:
        assert woken.wait(60)
        woken.clear()
        taken = capture.take()
        seen_ns = taken[0].t_ns if taken else 0
    capture.close()
    assert (camera.dropped >= 99, seen_ns >= 10_000_000_000) == (others, others)


def test_a_clock_that_is_ahead_is_put_right(world, cameras):
    """No picture is younger than its arrival, or it would make the others' people late."""
    ahead = Frame(t_ns=time.monotonic_ns() + 10**11, index=0, image=np.ones((4, 4, 3), np.uint8))
    world.open[1].frames.append(ahead)
    world.open[1].go.release()
    assert world.woken.wait(10)
    ((frame, arrived_ns),) = cameras.take()
    assert frame.t_ns == arrived_ns < ahead.t_ns


def test_live_values_outlive_the_camera_with_the_newest_pictures():
    """Pictures seconds behind those of a camera that is gone are told of as often as any."""
    said, begin_ns, late_ns = [], 10**12, 4 * 10**9
    door = Door(PrivacySection(profile="research"), muted=lambda: False, consent=lambda: False)
    vision = Vision(Config(cameras=TWO))
    feed = Feed(vision, door, Meter(2), said.append, live_hz=5.0)
    black = np.zeros((64, 64, 3), np.uint8)
    for k in range(80):
        now_ns = begin_ns + k * 10**8
        feed.process(Frame(t_ns=now_ns - late_ns, index=k, image=black), now_ns)
        if k < 40:
            feed.process(Frame(t_ns=now_ns, index=k, image=black, view=1), now_ns)
        elif k == 40:
            said.clear()
    assert [message.kind for message in said].count("live") >= 15


def test_views_that_overlap_are_noticed():
    """Two pictures of one room that share a third seem to overlap; those of its two halves do not."""
    rng = np.random.default_rng(2)
    room = np.kron(rng.integers(40, 200, (30, 80, 1)), np.ones((24, 24, 3))).astype(np.int16)

    def view(start, seed):
        picture = room[:720, start : start + 960] + np.random.default_rng(seed).integers(-6, 6, (720, 960, 3))
        return np.clip(picture, 0, 255).astype(np.uint8)

    assert overlap(view(0, 1), view(600, 2))
    assert not overlap(view(0, 1), view(960, 2))  # whose edges lie on one grid
