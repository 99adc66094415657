"""Movements on channels where nothing was planted: the acceptance scene, as signals and through pixels."""

from dataclasses import replace
from functools import cache
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
    script = _script(seconds)
    planted = {channel for own in script.own for channel in own.channels}
    events = _filmed(seconds).events if pixels else _simulated(script)
    names = [e.channel for e in events if e.channel not in planted]
    counts = {name: names.count(name) for name in sorted(set(names))}
    return counts, len(script.people) * script.seconds / 60


def blinks(seconds=None):
    """Return planted blinks found through pixels, planted ones, and `AU45` reported; people by place."""
    script, take = _script(seconds), _filmed(seconds)
    everybody = next(found for found in take.expressions if len(found) == len(script.people))
    places = sorted(range(len(script.people)), key=lambda k: script.people[k].position[0])
    numbers = [one.person for one in sorted(everybody, key=lambda one: one.box_px[0])]
    number = dict(zip(places, numbers, strict=True))
    shut_ns = [(e.person, e.apex_ns) for e in take.events if e.channel == "AU45"]
    asked = [m for m in simulate(script).movements if m.channel == "AU45"]
    hits = sum(
        any(who == number[m.person] and m.onset_s < t_ns * 1e-9 < m.offset_s for who, t_ns in shut_ns)
        for m in asked
    )
    return hits, len(asked), len(shut_ns)


def _script(seconds):
    script = load_script(SCRIPT)
    return replace(script, seconds=seconds or script.seconds)


@cache
def _filmed(seconds):
    script = _script(seconds)
    return seen.take("planted", Stage(script), repr(script))


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
