"""The spotter finds the movements on record, each at its time."""

import json

import pytest

from tests.events.record import RECORD, spotted


@pytest.mark.slow
def test_the_movements_are_those_on_record():
    """Channel, onset, apex, offset to a microsecond and amplitude to six digits, in the same order."""
    told, found = json.loads(RECORD.read_text()), spotted()
    for name, movements in told.items():
        assert [one["channel"] for one in found[name]] == [one["channel"] for one in movements]
        for one, other in zip(found[name], movements, strict=True):
            times = [[each[key] for key in ("onset_ns", "apex_ns", "offset_ns")] for each in (one, other)]
            assert times[0] == pytest.approx(times[1], abs=1000, rel=0)
            assert one["amplitude"] == pytest.approx(other["amplitude"], rel=1e-6)


def test_the_record_says_something():
    """The record has brief and longer movements of most channels in each scene."""
    for movements in json.loads(RECORD.read_text()).values():
        lengths_s = [(one["offset_ns"] - one["onset_ns"]) / 1e9 for one in movements]
        assert sum(length <= 0.5 for length in lengths_s) > 20
        assert sum(length > 0.5 for length in lengths_s) > 20
        assert len({one["channel"] for one in movements}) > 8
