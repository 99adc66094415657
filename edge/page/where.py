"""Where pages are served and to whom, and the socket that listens there."""

import socket
from dataclasses import dataclass

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

    def listen(self) -> socket.socket:
        """Return a socket that listens there; PublishError where that is impossible."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        try:
            return socket.create_server((self.host, self.port), family=family)
        except OSError as error:
            text = f"expected a free port of this machine, got {error.strerror} at {self.address}"
            raise PublishError(text) from error
