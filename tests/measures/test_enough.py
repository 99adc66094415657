"""Enough is a sum: minutes in which both are measurable add up, wherever they lie."""

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import edge
from edge.records import Reason
from edge.view.words import REASONS

BY_MINUTES = ("expression_synchrony", "coupling_loop", "low_intensity_response")
PIECES = [(300, 0, 300), (20, 20, 500), (10, 6, 400), (30, 15, 360)]


def measured(on_s, off_s, seconds):
    """Measure two people, one of whom is away in turns; return what was found of them."""
    rng = np.random.default_rng(3)
    smooth = np.exp(-np.arange(40) / 8)
    x, y = (np.convolve(rng.normal(size=10 * seconds + 39), smooth, "valid") for _ in range(2))
    y[np.arange(10 * seconds) / 10 % (on_s + off_s) >= on_s] = np.nan
    return [one for one in edge.measure([x, y], rate_hz=10, measures=BY_MINUTES) if len(one.subject) == 2]


def judged(*times):
    """Return the measures that were judged."""
    return {one.name for one in measured(*times) if one.state != "insufficient"}


@pytest.mark.parametrize(
    ("on_s", "off_s", "seconds"), [(300, 0, 300), (20, 20, 500), (10, 6, 400), (30, 15, 360)]
)
def test_pieces_add_up(on_s, off_s, seconds):
    """Four minutes together are judged alike in one piece and in pieces of ten to thirty seconds."""
    assert judged(on_s, off_s, seconds) == set(BY_MINUTES)


@pytest.mark.parametrize(("on_s", "off_s", "seconds"), [(150, 0, 150), (20, 20, 240), (10, 30, 500)])
def test_too_little_is_not_judged(on_s, off_s, seconds):
    """Two minutes together are too little, however long both were known and however they lie."""
    assert judged(on_s, off_s, seconds) == set()


@pytest.mark.parametrize(
    ("on_s", "off_s", "seconds", "reason"),
    [(150, 0, 150, "short"), (20, 20, 240, "unseen"), (200, 60, 260, "absent"), (200, 0, 200, None)],
)
def test_it_says_why_it_is_not_judged(on_s, off_s, seconds, reason):
    """Too short together, seen too little, away at the end: each has a word, and a verdict has none."""
    assert {one.reason for one in measured(on_s, off_s, seconds)} == {reason}


def test_a_room_of_two_has_too_few_people():
    """The index needs three people, and a pair of faces without movements too few of these."""
    noise = np.random.default_rng(4).normal(size=(2, 2000))
    found = edge.measure(list(noise), rate_hz=10, measures=("expression_synchrony", "response_timeliness"))
    reasons = {one.name: one.reason for one in found}
    assert (reasons["mimicry_index"], reasons["response_timeliness"]) == ("few_people", "too_few")


def test_every_reason_has_words_and_a_place_in_the_schemas():
    """The closed set is the same in the records, on screens and in what is published."""
    every = set(get_args(Reason))
    assert set(REASONS) == every
    for name in ("live", "summary"):
        schema = json.loads(Path(f"edge/publish/schemas/{name}.json").read_text())["properties"]
        places = [schema, schema["pairs"]["items"]["properties"]]
        assert all(set(place["reason"]["enum"]) == every for place in places)
