"""Pixels to verdict: five rendered minutes in which one person's smiles are followed by another's."""

import json

import numpy as np
import pytest

from edge.cli._scene import FOLLOWER, LEADER, scene
from edge.config import Config
from edge.pipeline import Engine
from edge.stage import Stage

RATE_HZ = 15.0
SECONDS = 300.0
DELAY_S = 0.7
MEASURE = "expression_synchrony"


@pytest.fixture(scope="module")
def verdicts():
    """Return the last report, and which person of the scene each number is."""
    stage = Stage(_small(scene(3, SECONDS, rate_hz=RATE_HZ)))
    engine = Engine(Config(), seed=1)
    last = None
    for frame in stage:
        last = engine.update(frame) or last
    people = sorted(last.expressions, key=lambda one: one.box_px[0])
    return last, {one.person: k for k, one in enumerate(people)}


def _small(script):
    """Return the scene at half its width and height: half the work."""
    script = json.loads(script)
    script["size_px"] = [side // 2 for side in script["size_px"]]
    for person in script["people"]:
        person["canthus_px"] /= 2
    return json.dumps(script, indent=1)


def _pairs(verdicts):
    """Return measure 2 of each pair by the places of the two in the scene, the lag turned accordingly."""
    report, place = verdicts
    found = {}
    for one in report.measures:
        if one.name == MEASURE and len(one.subject) == 2:
            i, j = (place[person] for person in one.subject)
            lag_s = np.nan if one.lag_s is None else one.lag_s
            found[min(i, j), max(i, j)] = (one, lag_s if i < j else -lag_s)
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_planted_pair_is_found_with_its_direction_and_lag(verdicts):
    """The pair that was planted is `above`, the leader moves first, the lag is right to one frame."""
    assert len(verdicts[1]) == 3
    measure, lag_s = _pairs(verdicts)[LEADER, FOLLOWER]
    assert measure.state == "above"
    assert abs(lag_s - DELAY_S) <= 1 / RATE_HZ


@pytest.mark.slow
def test_the_other_pairs_are_at_chance(verdicts):
    """Nobody else follows anybody, and the device says so."""
    others = {pair: one.state for pair, (one, _) in _pairs(verdicts).items() if pair != (LEADER, FOLLOWER)}
    assert others == {(0, 2): "at_chance", (1, 2): "at_chance"}
