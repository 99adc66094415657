"""What settings of signals, movements and measures reach: recordings made here, through the modules."""

from dataclasses import replace

import numpy as np

from edge.events import Spotter
from edge.expression import Expressions
from edge.measures import Measures
from edge.mimicry import Mimicry
from edge.pipeline.replay import Replay
from edge.tables import Table
from tests.events.scene import Scene, bump
from tests.validate.drive import frames


def _walks(people, seconds=300, seed=7):
    """Return smooth noise at 10 Hz, [P, 1, N]; the second person follows the first by .7 s."""
    noise = np.random.default_rng(seed).normal(size=(people, seconds * 10 + 7))
    x = np.stack([np.convolve(one, np.ones(8) / 8, "valid") for one in noise])
    x[1] = np.roll(x[0], 7) + 0.3 * x[1]
    return x[:, None]


def _measured(config, x, enabled):
    grid = Mimicry(config.mimicry, ("a",))
    measures = Measures(replace(config.measures, enabled=enabled), config.mimicry)
    for t_ns, people, _ in frames(np.arange(x.shape[2]) / 10, x):
        tick = grid.update(people, (), t_ns)
        if tick is not None:
            measures.push(tick)
    return measures.finish()


def synchrony(config, _bench):
    """Measure a pair of whom the second follows the first."""
    one = _measured(config, _walks(2), ("expression_synchrony",))[0]
    lags = [name for name in one.extra if name.startswith("lag_") and name.endswith("_s")]
    slow = {name: one.extra.get(name) for name in ("slow", "slow_n")}
    return {"n": one.n, "value": one.value, "p": one.p, "state": one.state, "lags": len(lags)} | slow


def weakly(config, _bench):
    """Measure a pair of whom the second follows the first in a third of what it does."""
    x = _walks(3)
    x[1] = np.roll(x[0], 7) + 2.0 * x[2]
    return {"state": _measured(config, x[:2], ("expression_synchrony",))[0].state}


def group(config, _bench):
    """Measure three people, whose null is drawn at random."""
    return {"null": _measured(config, _walks(3, 200), ("group_phase_coherence",))[0].null}


def signals(config, _bench):
    """Filter and calibrate half a minute of noise."""
    people, scene = Expressions(config.expression), Scene(30, noise=0.1)
    x = np.stack([people.update_raw(one).x for one in scene.expressions()])
    valid = np.isfinite(x).all(axis=1)
    return {"spread": float(x[valid].std()), "begins": int(np.argmax(valid))}


def movements(config, _bench):
    """Spot a weak flash, a strong one, and two soon after one another."""
    scene = Scene(20)
    for at_s, height in ((5.0, 0.25), (9.0, 0.4), (13.0, 0.4), (14.5, 0.4)):
        scene.add("AU12", height * bump(scene.t_s, at_s, 0.25))
    spotter = Spotter(config.events)
    found = [event for one in scene.expressions() for event in spotter.update(one)] + spotter.finish()
    return {"count": len(found), "amplitudes": [event.amplitude for event in found]}


def said(config, _bench):
    """Replay three quarters of a minute of three people; count what passes the door, by kind."""
    x = _walks(3, 45)[:, 0].T
    table = Table(
        t_s=np.repeat(np.arange(len(x)) / 10, 3),
        frame=np.repeat(np.arange(len(x)), 3),
        person=np.tile([1, 2, 3], len(x)),
        channels=("a",),
        values=x.reshape(-1, 1),
        context={},
    )
    kinds = []
    Replay(config, lambda message: kinds.append(message.kind)).table(table, lambda _: None)
    return {kind: kinds.count(kind) for kind in ("live", "summary", "measure")}
