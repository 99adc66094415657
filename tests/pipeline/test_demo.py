"""The demo, as a newcomer runs it."""

import subprocess
import sys

import pytest


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
