"""The watchdog's correlator counter: steps of the grid, whoever is in the room."""

from edge.config import Config
from edge.config.sections import PublishSection, ServiceSection
from edge.pipeline.device import Device
from edge.service import Boot

SECOND = 1_000_000_000


def test_the_counter_is_the_grid_of_the_correlator(tmp_path):
    """An empty room counts ten steps a second, a grid that hangs none, a wipe takes none back."""
    hub = PublishSection(host="127.0.0.1", tls=False)
    config = Config(publish=hub, service=ServiceSection(state_dir=str(tmp_path)))
    device = Device(Boot(config=config, problems=()), tmp_path / "config.yaml")
    signals = device.vision.engine.signals
    for k in range(1, 11):
        signals.update([], k * SECOND)
    seen = device.progress()
    assert (seen.correlations, seen.inferences) == (91, 0)  # the first frame's step and nine seconds
    for _ in range(100):
        device.meter.inferences += 1
        signals.update([], 10 * SECOND)
    assert device.progress().correlations == 91
    signals.wipe()
    assert device.progress().correlations == 91
    device.close()
