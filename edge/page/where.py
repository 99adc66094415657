"""Where pages are served and to whom, and the socket that listens there."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from edge.errors import PublishError
from edge.page.access import Access, App

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """An address of this machine, and who is let in."""

    host: str
    port: int
    password: str = ""
    """Needed by everybody; empty: none is asked for."""
    proxied: bool = False
    """Whether a reverse proxy in front decides who is let in."""

    @property
    def address(self) -> str:
        """The address to open, or the path of the socket."""
        if "/" in self.host:
            return self.host
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def guard(self, app: App) -> Access:
        """Return what lets in, in front of an application."""
        local = self.host == LOOPBACK and not self.proxied
        return Access(app, password=self.password, loopback_only=local, proxied=self.proxied)

    @contextmanager
    def listening(self) -> Iterator[socket.socket]:
        """Yield a socket that listens there; PublishError where that is impossible."""
        try:
            line = _local(Path(self.host)) if "/" in self.host else _network(self.host, self.port)
        except OSError as error:
            text = f"expected a free place on this machine, got {error.strerror or error} at {self.address}"
            raise PublishError(text) from error
        try:
            with line:
                yield line
        finally:
            if "/" in self.host:
                Path(self.host).unlink(missing_ok=True)


def _network(host: str, port: int) -> socket.socket:
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)


def _local(path: Path) -> socket.socket:
    """Listen at a path, where a process that died may have left its socket; its folder guards it."""
    if path.is_socket():
        path.unlink()
    line = socket.socket(socket.AF_UNIX)
    try:
        line.bind(str(path))
        path.chmod(0o666)
        line.listen()
    except OSError:
        line.close()
        raise
    return line
