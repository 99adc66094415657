"""sd_notify over its datagram socket; silent where there is no service manager."""

import os
import socket
from collections.abc import Mapping

EXTENDED_US = 30_000_000  # what a start that waits may take from its last report on


class Notifier:
    """Reports the state of the service to its manager; every method is a no-op without NOTIFY_SOCKET."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._socket: socket.socket | None = None
        if self._address:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.settimeout(0)
        self._status = ""

    def ready(self, status: str) -> None:
        """Report once that the start (or a reload) is over."""
        self._send(f"READY=1\nSTATUS={_line(status)}")

    def status(self, text: str) -> None:
        """Show one human line in `systemctl status`; repeats are not sent."""
        if text != self._status:
            self._status = text
            self._send(f"STATUS={_line(text)}")

    @property
    def managed(self) -> bool:
        """Whether a service manager started this process."""
        return self._socket is not None

    def waiting(self) -> None:
        """Report at the start, again and again, that another process is in the way: no start has failed."""
        self.status("waiting: another service has this state folder")
        self._send(f"EXTEND_TIMEOUT_USEC={EXTENDED_US}")

    def ping(self) -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1")

    def reloading(self, now_us: int) -> None:
        """Report that a reload began at this monotonic microsecond; `ready` ends it."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={now_us}")

    def stopping(self, status: str) -> None:
        """Report that the service is stopping."""
        self._send(f"STOPPING=1\nSTATUS={_line(status)}")

    def close(self) -> None:
        """Close the socket; later calls do nothing."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, message: str) -> None:
        """Send or drop: a full or vanished socket must not stop the service."""
        if self._socket is None:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            self._socket.sendto(message.encode(), address)
        except OSError:
            return


def _line(text: str) -> str:
    return " ".join(text.split())
