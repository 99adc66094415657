"""The measures give the numbers on record, all of them."""

import json
import math

import pytest

from tests.measures.record import RECORD, SCENES, measured


def flat(value, path=""):
    """Yield the path and the value of every leaf."""
    if isinstance(value, dict):
        for key, one in value.items():
            yield from flat(one, f"{path}.{key}")
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from flat(one, f"{path}[{number}]")
    else:
        yield path, value


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_the_numbers_are_those_on_record(name):
    """Value, null, p, n, coverage, confidence, lag, state and extras of every subject, to six digits."""
    told, now = dict(flat(json.loads(RECORD.read_text())[name])), dict(flat(measured(name)))
    assert told.keys() == now.keys()
    for path, value in told.items():
        if isinstance(value, float) and not math.isnan(value):
            assert now[path] == pytest.approx(value, rel=1e-6, abs=1e-9), path
        else:
            assert str(now[path]) == str(value), path


def test_the_record_says_something():
    """Of each measure the record has a value in some scene, and states of every kind."""
    every = [one for scene in json.loads(RECORD.read_text()).values() for one in scene]
    assert {one["name"] for one in every} == {one["name"] for one in every if one["value"] is not None}
    assert {one["state"] for one in every} >= {"insufficient", "at_chance", "above"}
