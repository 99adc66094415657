"""The upper rungs: restart the process five times in ten minutes, then go on without the camera."""

import pytest

from edge.service import Ladder, Step


def test_five_restarts_then_degraded(tmp_path):
    """Each process that gives up exits; the sixth in ten minutes goes on without the camera and retries."""
    for process in range(5):
        assert Ladder(tmp_path / "restarts").gave_up(100.0 + process) is Step.EXIT
    ladder = Ladder(tmp_path / "restarts")
    assert ladder.gave_up(106.0) is Step.DEGRADE
    assert ladder.degraded is True
    assert [ladder.retry_due(second) for second in (107.0, 165.9, 166.0)] == [False, False, True]
    assert ladder.gave_up(170.0) is Step.DEGRADE
    assert ladder.retry_due(200.0) is False
    ladder.recovered()
    assert ladder.degraded is False
    assert ladder.retry_due(9999.0) is False


def test_old_restarts_are_forgotten(tmp_path):
    """Restarts older than ten minutes do not count, nor do those of an earlier boot."""
    file = tmp_path / "restarts"
    file.write_text("1 2 3 4 5\n99999\n")
    assert Ladder(file).gave_up(700.0) is Step.EXIT
    assert file.read_text() == "700.000\n"


@pytest.mark.parametrize("content", ["garbage", "\0\1", ""])
def test_a_damaged_history_is_an_empty_one(tmp_path, content):
    """Whatever the file holds, the first failure restarts the process."""
    (tmp_path / "restarts").write_text(content)
    assert Ladder(tmp_path / "restarts").gave_up(1.0) is Step.EXIT


def test_without_a_memory_no_restart_loop(tmp_path):
    """Where restarts cannot be remembered at all the service stays up, degraded."""
    assert Ladder(None).gave_up(1.0) is Step.DEGRADE
    assert Ladder(tmp_path / "none" / "restarts").gave_up(1.0) is Step.DEGRADE
