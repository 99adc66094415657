"""Movements on channels where nothing was planted: the acceptance scene, as signals and through pixels."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from edge.config import Config
from edge.events import Spotter
from edge.records import CHANNELS
from edge.stage import Stage, load_script, simulate
from tests.validate.drive import expression
from tests.validate.rooms import seen

SCRIPT = Path(__file__).parents[3] / "firmware_configs" / "stage" / "planted.yaml"
NOISE, FULL = 0.5, 8.0  # of the signals, and what a full movement is in the same unit


def phantoms(*, pixels, seconds=None):
    """Return movements on channels where nothing was planted, by channel, and the minutes of faces seen."""
    script = load_script(SCRIPT)
    script = replace(script, seconds=seconds or script.seconds)
    planted = {channel for own in script.own for channel in own.channels}
    events = _filmed(script) if pixels else _simulated(script)
    names = [e.channel for e in events if e.channel not in planted]
    counts = {name: names.count(name) for name in sorted(set(names))}
    return counts, len(script.people) * script.seconds / 60


def _filmed(script):
    return seen.take("planted", Stage(script), repr(script)).events


def _simulated(script):
    """Return the movements in the scene's amplitudes with noise, without pictures."""
    truth = simulate(script)
    columns = [CHANNELS.index(name) for name in truth.channels]
    rng, spotter, events = np.random.default_rng(script.seed), Spotter(Config().events), []
    for k, t_ns in enumerate(truth.t_ns.tolist()):
        x = NOISE * rng.standard_normal((len(script.people), len(CHANNELS)))
        x[:, columns] += FULL * truth.amplitude[:, :, k]
        pose = 0.01 * rng.standard_normal((len(x), 3))
        for person, one in enumerate(x):
            events += spotter.update(expression(t_ns, person, one, pose[person], k))
    return events + spotter.finish()
