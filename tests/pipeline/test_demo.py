"""The demo, as a newcomer runs it."""

import socket
import struct
import subprocess
import sys

import pytest

from edge.cli._broker import EmbeddedBroker

CONNECT_5 = bytes.fromhex("100d00044d51545405020000000000")
"""An MQTT 5 client without a name."""
CONNECT_4 = bytes.fromhex("100d00044d5154540402003c000161")
ACCEPTED = bytes.fromhex("20020000")
AT_ONCE = struct.pack("ii", 1, 0)
"""A line is closed by a reset."""


def test_a_client_that_went_away_is_no_traceback(caplog):
    """A client of MQTT 5, which the demo's broker refuses, leaves at once: no traceback, others go on."""
    with EmbeddedBroker() as broker:
        for packet, answer in ((CONNECT_5, b""), (CONNECT_4, ACCEPTED)):
            with socket.create_connection(("127.0.0.1", broker.port), 60.0) as line:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
                line.sendall(packet)
                assert line.recv(len(answer)) == answer
    assert [one for one in caplog.records if one.name == "asyncio"] == []


@pytest.mark.slow
def test_the_demo_shows_people_over_mqtt():
    """Broker, service and view come up together, count the people, and end with a summary when asked to."""
    command = [sys.executable, "-m", "edge", "demo", "--seconds", "240", "--people", "2", "--headless"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        shown = any("2 people" in line for line in demo.stdout)
        demo.terminate()
        rest, said = demo.communicate(timeout=60)
    assert (shown, demo.returncode) == (True, 0), said
    assert "The demo ran for" in rest
