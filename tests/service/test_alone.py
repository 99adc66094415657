"""One service a state folder."""

import subprocess
import sys

import pytest

from edge.errors import ServiceError
from edge.service import Alone

HOLD = (
    "import sys; from edge.service import Alone; one = Alone(sys.argv[1]); print('held', flush=True); input()"
)


def test_a_second_service_is_refused_until_the_first_is_dead(tmp_path):
    """Another process that holds the folder is named as the reason; its death, however it died, frees it."""
    first = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(
            ServiceError, match=r"expected no other service with this state folder, got one at .*/lock"
        ):
            Alone(tmp_path)
    finally:
        first.kill()
        first.communicate()
    with Alone(tmp_path) as one:
        one.close()


def test_a_managed_service_waits_for_the_first(tmp_path):
    """Started by a manager while another process holds the folder, it says that it waits, until it has it."""
    first = Alone(tmp_path)
    waits = []

    def waiting():
        waits.append(1)
        if len(waits) == 2:
            first.close()

    with Alone(tmp_path, waiting), pytest.raises(ServiceError, match="expected no other service"):
        Alone(tmp_path)
    assert len(waits) == 2


def test_a_folder_that_cannot_be_written_holds_nobody_up(tmp_path, caplog):
    """Where no lock can be kept the service runs on and says so."""
    (tmp_path / "file").write_text("")
    Alone(tmp_path / "file" / "state").close()
    assert "the state folder cannot be held" in caplog.text
