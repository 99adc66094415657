"""The board is looked at also between two health messages."""

import functools

import pytest

from edge.pipeline import board
from edge.service import SystemProbe

ZONE = "sys/class/thermal/thermal_zone0/temp"


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """Return a watched board and the file of its temperature."""
    (tmp_path / ZONE).parent.mkdir(parents=True)
    monkeypatch.setattr(board, "SystemProbe", functools.partial(SystemProbe, root=tmp_path))
    return board.Board(tmp_path), tmp_path / ZONE


def test_heat_slows_down_before_health_is_told(watched):
    """Ten seconds after the board became hot it drops two of three frames; the next message says so once."""
    one, zone = watched
    zone.write_text("50000")
    assert "hot" not in one.tell(0.0).troubles
    zone.write_text("85000")
    one.watch(9.0)
    assert one.governor.every_n == 1
    one.watch(10.0)
    assert one.governor.every_n == 3
    zone.write_text("50000")
    told = one.tell(30.0)
    assert (one.governor.every_n, "hot" in told.troubles) == (1, True)
    assert "hot" not in one.tell(60.0).troubles
