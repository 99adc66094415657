"""A paho client whose connection opens within one deadline, and can be cut at any moment."""

import os
import socket
import threading
from contextlib import suppress

from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode


class PromptClient(Client):
    """Gives TLS and the handshake of a WebSocket together `connect_timeout` seconds.

    paho waits that long for each byte of a WebSocket's handshake, so a server that sends one now and then
    would hold it for ever.
    """

    _opening: "_Opening | None" = None

    def reconnect(self) -> MQTTErrorCode:
        """Open the connection and send CONNECT; TimeoutError when the broker takes too long."""
        try:
            return super().reconnect()
        except OSError as error:
            if self._opening is not None and self._opening.late:
                raise TimeoutError(f"no answer within {self.connect_timeout:g} s") from error
            raise
        finally:
            if self._opening is not None:
                self._opening.close(kept=self.socket() is not None)
            self._opening = None

    def hang_up(self) -> None:
        """Cut the connection without a word, also one that is being opened."""
        if (opening := self._opening) is not None:
            opening.cut()
        line = self.socket()
        with suppress(OSError):
            if isinstance(line, socket.socket):
                line.shutdown(socket.SHUT_RDWR)
            elif line is not None:  # paho's WebSocket has no shutdown, the socket inside has
                with socket.socket(fileno=os.dup(line.fileno())) as same:
                    same.shutdown(socket.SHUT_RDWR)

    def _create_socket_connection(self) -> socket.socket:
        line = super()._create_socket_connection()
        self._opening = _Opening(line, self.connect_timeout)
        return line


class _Opening:
    """A second handle of a socket that is being opened; cuts it when that takes too long."""

    def __init__(self, line: socket.socket, timeout_s: float) -> None:
        self._first, self._line = line, line.dup()
        self._guard, self.late = threading.Lock(), False
        self._timer = threading.Timer(timeout_s, self._expire)
        self._timer.daemon = True
        self._timer.start()

    def cut(self) -> None:
        """Make whoever reads the socket find its end."""
        with self._guard, suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)

    def close(self, *, kept: bool) -> None:
        """Let go of the handle, and of a socket that is not kept; paho would leave it to the interpreter."""
        self._timer.cancel()
        with self._guard:
            self._line.close()
        if not kept:
            self._first.close()

    def _expire(self) -> None:
        self.late = True
        self.cut()
