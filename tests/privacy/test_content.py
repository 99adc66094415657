"""Each record as published content, field by field, against values worked out by hand."""

import math

import numpy as np
import pytest

from edge.privacy import content
from edge.records import Coupling, Expression, Measure, Movement, Null

NAN = math.nan
JUDGED = {
    "null": {"mu": 0.3, "sd": 0.1235},
    "p": 0.0123,
    "evidence": 1.301,
    "n": 20.5,
    "coverage": 0.8765,
    "confidence": 0.4321,
    "state": "above",
}


def measured(**more):
    """Return a measure of the pair (3, 7) with more digits than are published."""
    given = {
        "name": content.PAIR,
        "subject": (3, 7),
        "t_ns": 1,
        "value": 0.512345,
        "unit": "fisher_z",
        "null": Null(mu=0.3, sd=0.12345),
        "p": 0.012345,
        "evidence": 1.301029,
        "n": 20.5,
        "coverage": 0.87654,
        "confidence": 0.432149,
        "state": "above",
        "lag_s": -0.712345,
    }
    return Measure(**(given | more))


def test_a_number_has_four_digits():
    """Numbers are rounded to four digits, and what is not measurable is null."""
    assert [content.number(one) for one in (1.23456, -0.00004, 2, NAN, math.inf, None)] == [
        *(1.2346, -0.0, 2.0),
        *(None, None, None),
    ]


def test_a_measure():
    """A measure has name, value, unit, lag and extras where it has them, and all it takes to doubt it."""
    head = {"name": "expression_synchrony", "value": 0.5123, "unit": "fisher_z"}
    assert content.measure(measured()) == head | {"lag_s": -0.7123} | JUDGED
    bare = measured(lag_s=None, extra={"r_peak": 0.471239, "odd": NAN})
    assert content.measure(bare) == head | {"extra": {"r_peak": 0.4712, "odd": None}} | JUDGED


def test_all_digits_of_a_judgement():
    """Without a number of digits every one of them stays; without a null it is null."""
    assert content.judged(measured(null=None), None) == {
        "null": None,
        "p": 0.012345,
        "evidence": 1.301029,
        "n": 20.5,
        "coverage": 0.87654,
        "confidence": 0.432149,
        "state": "above",
    }


def test_the_index_is_the_rooms():
    """The index is the room's value of `mimicry_index`, not a person's and not another measure's."""
    others = (measured(name=content.INDEX, subject=(3,)), measured(name="rapport_triad", subject=()))
    room = measured(name=content.INDEX, subject=(), value=0.25)
    assert content.index((*others, room)) == {"index": 0.25} | JUDGED
    assert content.index(others) == {
        "index": None,
        "null": None,
        "p": None,
        "evidence": None,
        "n": 0,
        "coverage": None,
        "confidence": 0,
        "state": "insufficient",
    }


@pytest.mark.parametrize(
    ("more", "r", "z", "value"),
    [
        ({"value": 0.5, "null": Null(mu=0.3, sd=0.1)}, 0.4621, 2.0, 0.5),
        ({"value": 0.5, "null": Null(mu=0.3, sd=0.1), "extra": {"r_peak": 0.25}}, 0.25, 2.0, 0.5),
        ({"value": 0.5, "null": Null(mu=0.3, sd=0.0)}, 0.4621, None, 0.5),
        ({"value": 0.5, "null": None}, 0.4621, None, 0.5),
        ({"value": None, "null": Null(mu=0.3, sd=0.1)}, None, None, None),
    ],
)
def test_a_pair(more, r, z, value):
    """A pair has its published numbers, r at the peak, and how far its value lies from the null."""
    got = content.pair(measured(**more), {3: 103, 7: 107})
    assert got["pair"] == [103, 107]
    assert (got["lag_s"], got["r"], got["z"], got["value"]) == (-0.7123, r, z, value)
    assert got["null"] == content.judged(measured(**more))["null"]
    assert {key: got[key] for key in JUDGED.keys() - {"null"}} == {
        key: one for key, one in JUDGED.items() if key != "null"
    }


def test_a_person():
    """A person has the published number, each channel's signal, yaw in degrees and the pixel budget."""
    one = Expression(
        t_ns=1,
        index=0,
        person=3,
        raw=np.array([9.0, 9.0]),
        x=np.array([1.23456, NAN]),
        pose_rad=(0.1, 0.2, 0.3),
        canthus_px=41.51239,
        presence=0.9,
        box_px=(1.0, 2.0, 3.0, 4.0),
    )
    assert content.person(one, ("AU12", "AU01"), {3: 103}) == {
        "id": 103,
        "signals": {"AU12": 1.2346, "AU01": None},
        "yaw_deg": 5.7296,
        "canthus_px": 41.5124,
    }


def test_a_frame():
    """A frame has its time in seconds, the tracker's own number, and all digits."""
    one = Expression(
        t_ns=1_250_000_000,
        index=7,
        person=3,
        raw=np.array([9.0]),
        x=np.array([1.23456789]),
        pose_rad=(0.1, 0.2, 0.3),
        canthus_px=41.51239,
        presence=0.98765,
        box_px=(1.0, 2.0, 3.0, 4.0),
    )
    assert content.frame(one, ("AU12",)) == {
        "t_s": 1.25,
        "frame": 7,
        "person": 3,
        "presence": 0.98765,
        "canthus_px": 41.51239,
        "signals": {"AU12": 1.23456789},
    }


def test_a_movement():
    """A movement has its times in seconds, its height, and whether it was brief."""
    times = {"onset_ns": 1_250_000_000, "apex_ns": 1_500_000_000, "offset_ns": 1_750_000_000}
    one = Movement(person=3, channel="AU12", **times, amplitude=4.56789)
    assert content.movement(one) == {
        "person": 3,
        "channel": "AU12",
        "onset_s": 1.25,
        "apex_s": 1.5,
        "offset_s": 1.75,
        "amplitude": 4.5679,
        "brief": True,
    }


@pytest.mark.parametrize(
    ("r", "lag_s", "peak"),
    [
        ([NAN, 0.1, 0.61239, 0.6], 0.5, 0.6124),
        ([-0.5, -0.1, NAN, -0.2], 0.0, -0.1),
        ([0.4, 0.4, NAN, NAN], -0.5, 0.4),
        ([NAN, NAN, NAN, NAN], None, None),
    ],
)
def test_a_coupling(r, lag_s, peak):
    """A coupling is told by its highest correlation and the lag of it, the first of equal ones; or null."""
    one = Coupling(
        pair=(3, 7),
        channel="AU12",
        t_ns=1,
        lags_s=np.array([-0.5, 0.0, 0.5, 1.0]),
        r=np.array(r),
        offsets_s=np.zeros(0),
        far_r=np.zeros((0, 4)),
        coverage=0.87654,
    )
    assert content.coupling(one) == {
        "pair": [3, 7],
        "channel": "AU12",
        "lag_s": lag_s,
        "r": peak,
        "coverage": 0.8765,
    }
