"""The short forms of `make soak` and of the ladder of `make chaos`."""

import dataclasses

import numpy as np
import pytest

from edge.config import Config
from edge.expression import Expressions
from edge.pipeline.engine import SignalEngine
from edge.records import CHANNELS
from tests.soak.faults import ROWS
from tests.soak.manager import WATCHDOG_S, Manager
from tests.soak.puppet import clip
from tests.soak.soak import soak, usage
from tests.soak.week import STEP_NS
from tests.validate.drive import expression

SHORT = [
    *(f"camera {fault}" for fault in ("stalls", "repeats frames", "cancels requests", "hangs on close")),
    *("camera changes format", "broker dies", "board too hot", "memory pressure", "clock jumps"),
    "configuration bad at reload",
]


@pytest.mark.slow
def test_the_same_hour_again_and_again(tmp_path):
    """The same signals give the same reports bit for bit, all of which arrive; nothing grows."""
    shown, week = soak(tmp_path, 3, frames=3000)
    assert shown.digests == shown.digests[:1] * 3
    assert np.ptp(shown.descriptors[1:]) == np.ptp(shown.threads[1:]) == 0
    own = week.publisher.own_health()
    assert (own["spool"]["rows"], own["spool"]["dropped"]) == (0, 0)
    assert own["mqtt"]["acked"] >= week.said > 10


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_faults_one_after_the_other_are_survived(tmp_path):
    """Short form of the ladder: one service meets a fault of every kind that needs no restart."""
    clip(tmp_path)
    with Manager(tmp_path / "one", seed=1, timeout_s=0.5) as m:
        m.healthy()
        for k, name in enumerate(SHORT):
            fault = ROWS[name](m, k)
            next(fault)
            next(fault, None)
            m.healthy()
        figures = m.finish()
    assert (figures["lost"], figures["hung"], figures["starts"]) == (0, 0, 1)
    assert figures["gap_s"] < WATCHDOG_S


@pytest.mark.slow
def test_a_mute_while_the_camera_hangs_on_close_is_kept(tmp_path):
    """A camera that cannot be closed ends the process; the next one is muted with its camera closed."""
    clip(tmp_path)
    with Manager(tmp_path / "hang", seed=1) as m:
        m.healthy()
        m.order("close")
        m.mute(on=True)
        m.wait("mode privacy", lambda h: h["mode"] == "privacy" and h["camera"]["state"] == "closed")
        assert m.finish()["said_muted"] == 0


def test_visitors_leave_no_memory_behind():
    """A hundred people who come for a moment under ever new numbers are forgotten once they have left."""
    config = dataclasses.replace(Config(), mimicry=dataclasses.replace(Config().mimicry, hop_s=60.0))
    engine, calibrate, x = SignalEngine(config), Expressions(config.expression), np.zeros(len(CHANNELS))
    held_mb = []
    for visitor in range(80):
        for index in range(2):
            t_ns = (visitor * 60 + index) * STEP_NS
            engine.update([calibrate.update_raw(expression(t_ns, visitor, x, index=index))], t_ns)
        if visitor % 40 == 39:
            held_mb.append(usage()[0])
    assert held_mb[1] - held_mb[0] < 20.0  # without it they hold 96 MB
