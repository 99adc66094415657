"""What is exported but too uncertain to build upon."""

from dataclasses import asdict, replace

import numpy as np

from edge.config import Config
from edge.expression import CHANNELS, TABLE
from edge.pipeline.engine import SignalEngine
from edge.records import Expression, frozen

UNCERTAIN = [i for i, channel in enumerate(TABLE) if channel.tier == "C"]
RATE_HZ, SECONDS = 15, 60


def reports(*, shaken):
    """Run three people's random signals through the engine; `shaken` draws tier C again."""
    rng, other = np.random.default_rng(4), np.random.default_rng(5)
    engine = SignalEngine(Config())
    made = []
    steps = rng.normal(size=(RATE_HZ * SECONDS, 3, len(CHANNELS)))
    x = np.apply_along_axis(np.convolve, 0, steps, np.hanning(15), "same")
    x[..., UNCERTAIN] += 3 * other.normal(size=(*x.shape[:2], len(UNCERTAIN))) if shaken else 0
    for i, frame in enumerate(x):
        t_ns = round(i / RATE_HZ * 1e9)
        people = [
            Expression(
                t_ns=t_ns,
                index=i,
                person=person,
                raw=frozen(values.copy()),
                x=frozen(values.copy()),
                pose_rad=(0.01 * values[0], 0.0, 0.0),
                canthus_px=95.0,
                presence=1.0,
                box_px=(0.0, 0.0, 150.0, 150.0),
                gain=1.0,
            )
            for person, values in enumerate(frame)
        ]
        report = engine.update(people, t_ns)
        made += [] if report is None else [replace(report, expressions=())]
    return made


def test_tier_c_feeds_no_measure():
    """Whatever the channels of tier C do, couplings, events and every measure stay as they are."""
    calm, shaken = reports(shaken=False), reports(shaken=True)
    assert len(UNCERTAIN) == 7
    assert len(calm) > 20
    np.testing.assert_equal([asdict(one) for one in calm], [asdict(one) for one in shaken])
