"""What a mute leaves of people: of every array that a running engine holds, nothing."""

import threading

import numpy as np
import pytest

from edge.camera import open_camera
from edge.config import Config
from edge.config.sections import CameraSection, PrivacySection
from edge.events import Spotter
from edge.expression import Expressions
from edge.pipeline.capture import Capture
from edge.pipeline.engine import Engine, SignalEngine
from edge.pipeline.feed import Feed
from edge.pipeline.meter import Meter
from edge.pipeline.vision import Vision
from edge.privacy import Door
from edge.records import CHANNELS, Expression, Frame
from tests.pipeline.walk import held, learnt, not_blank, numbers, owners
from tests.publish.scene import report

RATE_HZ, SECONDS = 15, 260  # measures want three minutes


def sample(rng, state, k, person):
    """Return one person's signals at frame k: a slow walk with noise and now and then a smile."""
    state += 0.02 * (rng.normal(size=state.shape) - 0.3 * state)
    raw = state / 10 + 0.002 * rng.normal(size=state.shape)
    raw[CHANNELS.index("AU12")] += 0.3 * max(0.0, np.sin(k / RATE_HZ + 0.3 * person)) ** 8
    return Expression(
        t_ns=round(k * 1e9 / RATE_HZ),
        index=k,
        person=person,
        raw=raw,
        x=raw,
        pose_rad=(0.01, 0.0, 0.0),
        canthus_px=90.0,
        presence=1.0,
        box_px=(0.0, 0.0, 80.0, 80.0),
    )


def test_a_mute_blanks_every_array_of_the_signals():
    """Calibration, tapes, rings, correlator, peaks, findings: filled after minutes, blank after a wipe."""
    rng, people = np.random.default_rng(5), (3, 8, 11)
    states = {person: rng.normal(size=len(CHANNELS)) for person in people}
    calibrate, engine = Expressions(Config().expression), SignalEngine(Config())
    for k in range(RATE_HZ * SECONDS):
        row = [calibrate.update_raw(sample(rng, states[one], k, one)) for one in people]
        engine.update(row, row[0].t_ns)
    arrays, natives = {}, {}
    for part in (calibrate, engine):
        some, more = held(part)
        arrays |= some
        natives |= more
    filled = not_blank(arrays, natives)
    wanted = {
        "_ring",
        "_value",
        "peaks",
        "profiles",
        "_single",
        "_correlator",
        "_window",
        "_jumps",
        "_levels",
    }
    wanted |= {
        "raw",
        "smooth",
        "t_ns",
        "pose_rad",
        "_base",
        "_scale",
        "_aim_scale",
        "draws",
        "sd",
        "_u",
        "_y",
    }
    assert wanted <= owners(filled), sorted(wanted - owners(filled))
    lists = numbers(calibrate)[1]
    assert {"_values", "_jumps", "_sorted"} <= owners(lists)
    assert learnt(calibrate, Expressions(Config().expression))
    assert learnt(engine, SignalEngine(Config()))
    calibrate.wipe()
    engine.wipe()
    assert not_blank(arrays, natives) == []
    assert not held(calibrate)[1]
    assert not any(lists.values())
    assert not learnt(calibrate, Expressions(Config().expression))
    assert not learnt(engine, SignalEngine(Config()))


def test_a_mute_in_the_first_seconds_forgets_the_first_samples():
    """The samples that are to fix a channel's scale are dropped too, from the lists that held them."""
    rng, engine = np.random.default_rng(5), SignalEngine(Config())
    state = rng.normal(size=len(CHANNELS))
    for k in range(3 * RATE_HZ):
        one = sample(rng, state, k, 3)
        engine.update([one], one.t_ns)
    lists = numbers(engine)[1]
    assert any("_first" in path for path in lists)
    engine.wipe()
    assert not any(lists.values())


def test_a_mute_blanks_every_array_behind_the_camera():
    """Model buffers, head shapes and pose regressions: filled after twenty frames, blank after a wipe."""
    engine = Engine(Config(), seed=1)
    with open_camera(CameraSection(source="stage", path="firmware_configs/stage/demo.yaml")) as camera:
        for frame, _ in zip(camera, range(20), strict=False):
            engine.update(frame)
    arrays, natives = held(engine)
    filled = owners(not_blank(arrays, natives))
    assert {"input", "_shape", "_leak", "_rows", "_shown"} <= filled
    engine.wipe()
    assert not_blank(arrays, natives) == []


def test_a_mute_blanks_what_was_said_last():
    """The signals of the report that is repeated between two hops are blank after a wipe."""
    config, said = Config(), []
    door = Door(PrivacySection(profile="research"), muted=lambda: False, consent=lambda: False)
    feed = Feed(Vision(config), door, Meter(), said.append, live_hz=5.0)
    with open_camera(CameraSection(source="stage", path="firmware_configs/stage/demo.yaml")) as camera:
        for frame, _ in zip(camera, range(400), strict=False):  # until somebody has blinked
            feed.process(frame, frame.t_ns)
    arrays, natives = held(feed)
    filled = not_blank(arrays, natives)
    assert any(path.startswith("Feed._said.expressions") for path in filled)
    assert {"live", "measure"} <= {message.kind for message in said}
    feed.wipe()
    assert not_blank(arrays, natives) == []
    assert not any(path.startswith("Feed._said") for path in numbers(feed)[0])


def test_a_mute_forgets_episodes_and_the_minute():
    """Episodes under way, the hops of the summary and drawn numbers are gone from the door after a wipe."""
    rules, rng = PrivacySection(profile="research"), np.random.default_rng(3)
    door, fresh = (Door(rules, muted=lambda: False, consent=lambda: False) for _ in range(2))
    for second in range(50):
        list(door.filter(report(rng, second, [1, 2, 3])))
    filled = learnt(door, fresh)
    assert any("_episodes._running" in path for path in filled)
    assert any("_rollup._hops" in path for path in filled)
    hops = door._rollup._hops
    door.wipe()
    assert not learnt(door, fresh)
    assert not hops


class TwoPictures:
    """A camera with two pictures, the second when the first was taken; then it waits to be closed."""

    dropped, restarts, refused = 0, 0, {}

    def __init__(self):
        self.images = [np.full((4, 6, 3), 9, np.uint8) for _ in range(2)]
        self.first_taken, self._closed = threading.Event(), threading.Event()

    @property
    def state(self):
        """Closed once it is."""
        return "closed" if self._closed.is_set() else "ok"

    def __iter__(self):
        for index, image in enumerate(self.images):
            image.flags.writeable = False
            yield Frame(t_ns=index, index=index, image=image)
            self.first_taken.wait(30)
        self._closed.wait(30)

    def close(self):
        """End the wait."""
        self._closed.set()


def test_a_mute_blanks_the_last_pictures():
    """Of a camera that is closed, the picture taken last and the one that waits hold nothing."""
    arrived, camera = threading.Semaphore(0), TwoPictures()
    capture = Capture(lambda: camera, arrived.release)
    capture.start()
    assert arrived.acquire(timeout=30)
    assert capture.take()[0].image is camera.images[0]
    camera.first_taken.set()
    assert arrived.acquire(timeout=30)
    assert all(image.all() for image in camera.images)
    assert capture.close()
    assert not any(image.any() for image in camera.images)


@pytest.mark.parametrize("room", ["calibrate", "spotter"])
def test_one_person_who_left_is_overwritten(room):
    """`drop` blanks one person's arrays and leaves the others'."""
    rng = np.random.default_rng(6)
    one = Expressions(Config().expression) if room == "calibrate" else Spotter(Config().events)
    states = {person: rng.normal(size=len(CHANNELS)) for person in (1, 2)}
    for k in range(60):
        for person, state in states.items():
            (one.update_raw if room == "calibrate" else one.update)(sample(rng, state, k, person))
    gone, stays = (held(one._people[person]) for person in (1, 2))
    assert not_blank(*gone)
    before = not_blank(*stays)
    one.drop(1)
    assert not_blank(*gone) == []
    assert not_blank(*stays) == before
