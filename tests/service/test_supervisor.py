"""The watchdog is fed by progress only."""

import dataclasses
import json
from pathlib import Path

import pytest

from edge.cli import main
from edge.errors import ServiceError
from edge.service import Heartbeat, Notifier, Progress, Supervisor, deafness, hub_troubles, progress_age_s

COUNTERS = ("loop", "frames", "inferences", "correlations", "publishes")
NAMES = ("loop", "frame", "infer", "correlator", "publish")


class Pings(Notifier):
    """Counts the pings instead of sending them."""

    def __init__(self):
        super().__init__({})
        self.n = 0

    def ping(self):
        """Count."""
        self.n += 1


def _run(seconds, *, frozen=(), **states):
    """Return pings and stalls of a service that runs this long with some counters frozen after 10 s."""
    notifier, stalls = Pings(), set()
    supervisor = Supervisor(notifier, period_s=5.0, patience_s=12.0)
    for second in range(seconds):
        counts = {name: min(second, 10) if name in frozen else second for name in COUNTERS}
        stalls.update(supervisor.update(float(second), Progress(**counts, **states)))
    return notifier.n, stalls


def test_a_healthy_service_pings_every_period():
    """Everything advances: one ping in five seconds and no stall."""
    assert _run(100) == (20, set())


@pytest.mark.parametrize(("counter", "name"), list(zip(COUNTERS, NAMES, strict=True)))
def test_any_standstill_starves_the_watchdog(counter, name):
    """One counter stands still: after its patience no ping goes out and the stall is named."""
    pings, stalls = _run(100, frozen=[counter])
    assert pings == 5
    assert stalls == {name}


@pytest.mark.parametrize("state", ["muted", "degraded"])
def test_known_good_standstills(state):
    """Muted or degraded the camera's part may rest, the loop and the spool may not."""
    camera = ("frames", "inferences", "correlations")
    assert _run(100, frozen=camera, **{state: True}) == (20, set())
    assert _run(100, frozen=(*camera, "publishes"), **{state: True})[1] == {"publish"}


def test_patience_begins_when_the_mute_ends():
    """After an hour of mute the camera has its full patience again before the watchdog starves."""
    notifier = Pings()
    supervisor = Supervisor(notifier, period_s=5.0, patience_s=12.0)
    muted = Progress(loop=0, frames=7, inferences=7, correlations=7, publishes=0, muted=True)
    for second in range(3600):
        supervisor.update(second, dataclasses.replace(muted, loop=second, publishes=second))
    for second in range(3600, 3612):
        awake = dataclasses.replace(muted, loop=second, publishes=second, muted=False)
        assert supervisor.update(second, awake) == ()
    late = dataclasses.replace(muted, loop=9999, publishes=9999, muted=False)
    assert supervisor.update(3613, late) == ("frame", "infer", "correlator")


def test_progress_after_a_stall_feeds_again():
    """A stall that ends is forgotten."""
    notifier = Pings()
    supervisor = Supervisor(notifier, period_s=1.0, patience_s=2.0)
    still = Progress(loop=1, frames=1, inferences=1, correlations=1, publishes=1)
    assert supervisor.update(0, still) == ()
    assert supervisor.update(3, still) == NAMES[:1] + NAMES[4:] + NAMES[1:4]
    moved = Progress(loop=2, frames=2, inferences=2, correlations=2, publishes=2)
    assert supervisor.update(4, moved) == ()
    assert notifier.n == 2


def test_the_healthcheck_sees_progress_and_its_absence(tmp_path, capsys):
    """The file follows the heartbeat while there is progress; `healthcheck` makes an exit status of it."""
    file, now_s, count = tmp_path / "progress.json", [0.0], [0]

    def snapshot():
        return Progress(
            loop=count[0],
            frames=count[0],
            inferences=count[0],
            correlations=count[0],
            publishes=count[0],
            deaf=deaf[0],
            troubles=refused,
        )

    deaf, refused = [""], []
    heart = Heartbeat(Supervisor(Pings(), 1.0, 2.0), snapshot, lambda: now_s[0], file)
    for _ in range(3):
        now_s[0], count[0] = now_s[0] + 1, count[0] + 1
        heart.beat()
    assert progress_age_s(file, 3.5) == 0.5
    refused.append("the broker refuses x")
    heart.beat()
    assert hub_troubles(file) == refused
    deaf[0] = "nothing arrives"
    heart.beat()
    assert deafness(file) == "nothing arrives"
    for _ in range(5):
        now_s[0] += 1
        heart.beat()
    assert json.loads(file.read_text())["now_s"] == 5.0
    assert main(["healthcheck", "--file", str(file)]) == 1
    assert "expected progress within 15 s, got the last" in capsys.readouterr().err
    heart.close()
    assert not file.exists()
    with pytest.raises(ServiceError, match="expected a running service, got No such file"):
        progress_age_s(file, 0)
    assert main(["healthcheck", "--file", str(file)]) == 1


def test_the_thread_beats_until_closed(tmp_path):
    """The heartbeat's thread writes the file by itself; close ends thread and file, twice too."""
    beaten = tmp_path / "progress.json"
    counts = iter(range(10**9))

    def snapshot():
        n = next(counts)
        return Progress(loop=n, frames=n, inferences=n, correlations=n, publishes=n)

    with Heartbeat(Supervisor(Pings()), snapshot, lambda: 1.0, beaten, period_s=0.001) as heart:
        while next(counts) < 50:
            pass
    assert not beaten.exists()
    heart.close()
    Heartbeat(Supervisor(Pings()), snapshot, lambda: 1.0, Path("/dev/null/progress.json")).close()
    beaten.write_text("{}")
    with pytest.raises(ServiceError, match="expected a progress file, got something else"):
        progress_age_s(beaten, 0)
