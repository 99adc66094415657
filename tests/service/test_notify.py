"""What goes to the service manager, read from a real datagram socket."""

import os
import socket

import pytest

from edge.service import Notifier


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    """Return the service manager's end of the socket and its address as the environment names it."""
    address = str(tmp_path / "notify") if request.param == "path" else f"@mimicry-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.bind("\0" + address[1:] if address.startswith("@") else address)
        end.settimeout(2)
        yield end, address


def test_every_message(manager):
    """Each call sends the words of sd_notify, a status line is one line and is not repeated."""
    end, address = manager
    notifier = Notifier({"NOTIFY_SOCKET": address})
    notifier.ready("measuring\n2 people")
    notifier.status("a")
    notifier.status("a")
    notifier.ping()
    notifier.reloading(123)
    notifier.stopping("bye")
    notifier.close()
    assert [end.recv(512) for _ in range(5)] == [
        b"READY=1\nSTATUS=measuring 2 people",
        b"STATUS=a",
        b"WATCHDOG=1",
        b"RELOADING=1\nMONOTONIC_USEC=123",
        b"STOPPING=1\nSTATUS=bye",
    ]


def test_no_manager_no_message():
    """Outside systemd, or when the manager's socket vanished, nothing happens and nothing is raised."""
    notifier = Notifier({})
    notifier.ready("x")
    notifier.close()
    lost = Notifier({"NOTIFY_SOCKET": "/nonexistent/notify"})
    lost.ping()
    lost.close()
