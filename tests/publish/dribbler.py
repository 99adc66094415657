"""A server that answers every client with the beginning of something, one byte now and then, for ever."""

import contextlib
import socket
import threading
import time

BEGINNINGS = {
    "websockets": b"HTTP/1.1 101 Switching Protocols\r\nX-Wait: ",
    "tls": b"\x16\x03\x03\x40\x00\x02",
    "tcp": b"\x20\xff\xff\x7f",
}
"""Of the answer to a WebSocket's request, of a TLS record of 16 KiB, of a long CONNACK."""


class Dribbler:
    """Listens on a port of loopback; `held_s` is how long each client that left had stayed."""

    def __init__(self, kind="websockets", port=0, every_s=0.05):
        self._beginning, self._every_s = BEGINNINGS[kind], every_s
        self.clients, self.held_s, self._stop = 0, [], threading.Event()
        self._server = socket.create_server(("127.0.0.1", port))
        self.port = self._server.getsockname()[1]
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def __enter__(self):
        """Return itself."""
        return self

    def __exit__(self, *_):
        """Stop listening, and leave everybody."""
        self._stop.set()
        self._server.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._server.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._server.accept()
                self.clients += 1
                self._threads.append(threading.Thread(target=self._dribble, args=(client,)))
                self._threads[-1].start()

    def _dribble(self, client):
        begun_s, position = time.monotonic(), 0
        with client, contextlib.suppress(OSError):
            while not self._stop.wait(self._every_s if position >= len(self._beginning) else 0.0):
                client.sendall(self._beginning[position : position + 1] or b"0")
                position += 1
        self.held_s.append(time.monotonic() - begun_s)
