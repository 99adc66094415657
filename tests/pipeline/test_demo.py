"""The demo, as a newcomer runs it."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_the_demo_shows_people_over_mqtt():
    """Broker, service and view come up together; the view counts the people of the scene."""
    command = [sys.executable, "-m", "edge", "demo", "--seconds", "40", "--people", "2", "--headless"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "2 people" in done.stdout
