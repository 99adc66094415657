"""A broker of a few lines for what no real one shows: any reason code in PUBACK and DISCONNECT."""

import contextlib
import socket
import threading

from tests.publish.wire import _varint


class FakeBroker:
    """Speaks just enough MQTT 5; `reasons` is taken from for every PUBLISH to the topic, then success."""

    def __init__(self, reasons=(), topic="mimicry/event"):
        self._topic = topic
        self.reasons, self.published, self.connects = list(reasons), [], 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port, self._client = self._server.getsockname()[1], None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def disconnect(self, reason):
        """Throw the client out with a reason code."""
        self._client.sendall(bytes([0xE0, 2, reason, 0]))
        self._client.shutdown(socket.SHUT_RDWR)

    def close(self):
        """Stop listening and throw the client out."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        with contextlib.suppress(OSError):
            self._client.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)

    def _serve(self):
        while True:
            try:
                self._client, _ = self._server.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), self._client, self._client.makefile("rb") as stream:
                self._session(stream)

    def _session(self, stream):
        while head := stream.read(1):
            size, shift = 0, 0
            while True:
                byte = stream.read(1)[0]
                size, shift = size | (byte & 127) << shift, shift + 7
                if byte < 128:
                    break
            self._answer(head[0], stream.read(size))

    def _answer(self, head, body):
        kind = head >> 4
        if kind == 1:
            self.connects += 1
            self._client.sendall(b"\x20\x03\x00\x00\x00")
        elif kind == 3:
            self._publish(head, body)
        elif kind == 8:
            _, at = _varint(body, 2)
            topics = 0
            while at < len(body):
                at += 3 + int.from_bytes(body[at : at + 2], "big")
                topics += 1
            self._client.sendall(bytes([0x90, 3 + topics]) + body[:2] + b"\0" + b"\1" * topics)
        elif kind == 12:
            self._client.sendall(b"\xd0\x00")

    def _publish(self, head, body):
        size = int.from_bytes(body[:2], "big")
        topic, at = body[2 : 2 + size].decode(), 2 + size
        if not head >> 1 & 3:
            return
        mid, at = body[at : at + 2], at + 2
        length, at = _varint(body, at)
        reason = 0
        if topic.endswith(self._topic):
            reason = self.reasons.pop(0) if self.reasons else 0
            self.published.append((reason, body[at + length :]))
        self._client.sendall(b"\x40\x04" + mid + bytes([reason, 0]))
