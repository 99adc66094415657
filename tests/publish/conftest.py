"""Fixtures: a broker, a listener, publishers that are closed at the end."""

import pytest

from edge.config.sections import PublishSection
from edge.publish import Publisher
from tests.publish.broker import Broker, Listener

BASE = "site/devices/dev-1"


def section(port, **more):
    """Return a section for a plain broker on loopback."""
    return PublishSection(**({"host": "127.0.0.1", "port": port, "tls": False, "device_id": "dev-1"} | more))


@pytest.fixture
def broker(tmp_path):
    """Start a Mosquitto."""
    with Broker(tmp_path / "broker") as running:
        yield running


@pytest.fixture
def listener(broker):
    """Hear everything."""
    with Listener(broker.port) as ear:
        yield ear


@pytest.fixture
def publisher(tmp_path):
    """Return a factory of publishers on the test's folder."""
    made = []

    def make(port, *, muted=False, on_command=None, clock=None, start=True, state="state", **more):
        one = Publisher(
            section(port, **more),
            tmp_path / state,
            muted=muted,
            on_command=on_command,
            clock=clock,
            profile="research",
        )
        made.append(one)
        if start:
            one.start()
        return one

    yield make
    for one in made:
        one.close()
